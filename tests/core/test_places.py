"""Which items stand for all."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.core.places import one_of_each


@pytest.mark.parametrize("period", [2, 3, 4, 5, 7, 8, 10, 16])
@pytest.mark.parametrize("parts", [2, 4, 7, 8, 10, 16])
def test_costs_with_a_period_are_met_as_often_as_they_are(parts: int, period: int) -> None:
    """Each class of 8000 items is a fair share of a part; a count by chance is off by four standard deviations."""
    found = one_of_each(8000, parts)
    classes, share = Counter(at % period for at in found), len(found) / period
    assert all(abs(classes[one] - share) <= 4 * (share * (1 - 1 / period)) ** 0.5 for one in range(period)), classes


@pytest.mark.parametrize(("count", "parts"), [(100, 4), (103, 4), (7, 3), (1000, 999)])
def test_each_stretch_has_one(count: int, parts: int) -> None:
    """One of so many, rounded down, and one in each of as many stretches of nearly equal length: what rises is seen."""
    found, wanted = one_of_each(count, parts), count // parts
    assert wanted == len(found)
    assert all(at * count / wanted - 1 < place < (at + 1) * count / wanted for at, place in enumerate(found))


def test_few_items_have_one_that_stands_for_all() -> None:
    """One at least, though one of a hundred is asked for of five."""
    (place,) = one_of_each(5, 100)
    assert 0 <= place < 5


def test_no_item_is_met_twice() -> None:
    """Neighbouring stretches share none, whole or not."""
    for parts in range(1, 20):
        found = one_of_each(97, parts)
        assert sorted(set(found)) == found


def test_the_same_ones_stand_for_all_each_time() -> None:
    """Each process that reads the items takes the same part of them."""
    assert one_of_each(1000, 7) == one_of_each(1000, 7)
