"""Sizes of pickled items, beside what pickle says of all of them."""

from __future__ import annotations

import pickle

import pytest

from bench.engine.worker.sizes import size_of


@pytest.mark.parametrize("together", [1, 7, 100])
def test_the_size_of_alike_items_is_that_of_all_messages(together):
    """1,000 pieces of 50 bytes each, however many go together."""
    items = [bytes(50)] * 1_000
    messages = [tuple(items[at : at + together]) for at in range(0, 1_000, together)]
    whole = sum(len(pickle.dumps(message, pickle.HIGHEST_PROTOCOL)) for message in messages)
    found = size_of([bytes([at % 256] * 50) for at in range(1_000)], together)
    assert found.seconds > 0
    if together == 1:
        assert found.size_bytes == whole
    assert 50_000 < found.size_bytes < 1.5 * 50_000 + 40 * len(messages)


def test_nothing_has_no_size():
    """No item, no message."""
    assert size_of([], 1).size_bytes == 0


def test_what_cannot_be_pickled_has_no_size():
    """A lambda travels with other means than pickle, or not at all."""
    assert size_of([lambda: 1], 1) is None
