"""What is drawn of a worker is the time that it spent inside items, however many items were kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.reports.stretches import stretches
from tests.support.observations import back_to_back, observation


def drawn(seen, wall_s, begin=0.0, end=1e9):
    """Return the seconds that are drawn of worker 0 between two moments."""
    ends = stretches(seen, 0, wall_s).ends
    return sum(max(0.0, min(last, end) - max(first, begin)) for first, last in ends)


def sampled(seen, every):
    """Return the observation with one in so many spans, and the totals of all."""
    return replace(seen, spans=seen.spans[::every], rate=1 / every)


def test_few_items_are_drawn_as_they_were():
    """Two items of 1 s with 1 s between them."""
    found = stretches(observation([(0, 1), (2, 3)]), 0, 3.0)
    assert (((0, 1), (2, 3)), True) == (found.ends, found.whole)


@pytest.mark.parametrize("every", [2, 4, 100])
def test_what_was_not_kept_is_drawn_too(every):
    """4,000 items of 0.86 ms, one per ms: 86 % of 4 s, of which one in two, 4 or 100 items was kept."""
    seen = sampled(observation(back_to_back(0, [0.86e-3] * 4000, gap=0.14e-3)), every)
    assert not stretches(seen, 0, 4.0).whole
    assert 0.86 * 4 == pytest.approx(drawn(seen, 4.0), rel=1e-3)


def test_gaps_too_short_to_be_drawn_are_no_items():
    """2,000 items of 0.07 ms, one per ms of 2 s, whose gaps are below a thousandth of it: 7 % are drawn."""
    seen = observation(back_to_back(0, [0.07e-3] * 2000, gap=0.93e-3))
    assert not stretches(seen, 0, 2.0).whole
    assert 0.07 * 2 == pytest.approx(drawn(seen, 2.0), rel=1e-3)


@pytest.mark.parametrize("every", [1, 4])
def test_it_is_drawn_when_the_worker_was_busy(every):
    """Of the first second 90 % inside items of 0.9 ms, of the second 10 %: 0.9 and 0.1 s, all kept or one in four."""
    busy = back_to_back(0, [0.9e-3] * 1000, gap=0.1e-3)
    seen = sampled(observation([*busy, *back_to_back(1, [0.1e-3] * 1000, gap=0.9e-3)]), every)
    halves = (drawn(seen, 2.0, 0, 1), drawn(seen, 2.0, 1, 2))
    assert (0.9, 0.1) == pytest.approx(halves, abs=0.02)


def test_a_worker_that_was_always_busy_is_one_stretch():
    """Items without a gap, of which one in ten was kept: from the first to the last."""
    seen = sampled(observation(back_to_back(0, [1e-3] * 5000)), 10)
    assert [pytest.approx((0, 5))] == list(stretches(seen, 0, 5.0).ends)
