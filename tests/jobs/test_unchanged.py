"""Whether items are still what they were."""

from __future__ import annotations

from typing import Any

import pytest

from bench.jobs._unchanged import copy, first_difference


class Lazy:
    """Keeps what it has computed, and cannot be compared."""

    def __init__(self, value: int) -> None:
        """Have a value."""
        self.value = value


class Slotted:
    """The same, without a dict."""

    __slots__ = ("found", "value")

    def __init__(self, value: int) -> None:
        """Have a value."""
        self.value = value


@pytest.mark.parametrize("kind", [Lazy, Slotted])
@pytest.mark.parametrize("around", [lambda one: one, lambda one: (one, 2), lambda one: {"a": [one]}])
def test_what_is_computed_at_first_use_is_no_change_however_deep(kind: Any, around: Any) -> None:
    """A new attribute is none, and another value of an old one is."""
    item = kind(1)
    items = [around(item)]
    kept = copy(items)
    item.found = 7
    assert "" == first_difference(kept, items)
    item.value = 2
    assert first_difference(kept, items).startswith("item 0 was ")


def test_items_that_are_taken_from_the_list_are_counted() -> None:
    """A function that is given the list itself may empty it."""
    items = [1, 2, 3]
    kept = copy(items)
    items.pop()
    assert "there were 3 of them and are 2" == first_difference(kept, items)


def test_what_cannot_be_copied_or_compared_looks_otherwise() -> None:
    """Nothing better can be said of it."""

    class Local:
        pass

    assert "some look otherwise than before" == first_difference(copy([Local()]), [Local()])
