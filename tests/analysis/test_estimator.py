"""Time, spread and speed-up, as every table shows them."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from bench.analysis import estimator
from bench.analysis.errors import BadSample


def test_time_is_the_median_of_the_least_values() -> None:
    """Least values 1, 2 and 9 have the median 2, whatever the other values of these processes are."""
    assert 2.0 == estimator.time(estimator.least([[7.0, 1.0], [2.0, 2.5], [9.0, 9.5]]))


def test_speed_up_is_what_a_reader_finds_by_dividing() -> None:
    """Medians 3 and 2 give 1.5, where the Hodges-Lehmann estimate of the same values is another number."""
    slow, fast = [1.0, 3.0, 100.0], [1.9, 2.0, 2.1]
    assert 1.5 == estimator.quotient(slow, fast).value


@pytest.mark.parametrize(("slow", "fast", "has"), [(4, 4, True), (3, 4, False), (3, 30, False), (30, 3, False)])
def test_no_interval_from_fewer_than_four_processes(slow: int, fast: int, *, has: bool) -> None:
    """Four against four is the first with an interval; three are too few whatever the other side has."""
    found = estimator.quotient([2.0 + i / 100 for i in range(slow)], [1.0 + i / 100 for i in range(fast)])
    assert has == (found.low is not None) == (found.high is not None)


def test_four_against_four_span_all_quotients() -> None:
    """The only 95 % interval of four against four reaches from the least quotient to the largest: scipy's p is 2/70."""
    slow, fast = [2.0, 2.1, 2.3, 2.6], [1.0, 1.1, 1.3, 1.4]
    found = estimator.quotient(slow, fast)
    assert (2.0 / 1.4, 2.6 / 1.0) == pytest.approx((found.low, found.high))
    assert 2 / 70 == pytest.approx(stats.mannwhitneyu(slow, fast, method="exact").pvalue)


def test_interval_holds_its_own_estimate() -> None:
    """Where the exact interval would leave out the quotient of the medians, it is widened to hold it."""
    slow = [1.0, 1.0, 1.0, 1.0, 1.0, 1.001, 5.0, 5.0, 5.0, 5.0, 5.0]
    found = estimator.quotient(slow, [1.0 + i * 1e-9 for i in range(11)])
    assert found.low is not None and found.high is not None
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize(("count", "depth"), [(6, 1), (8, 1), (9, 2), (12, 3), (15, 4), (20, 6), (25, 8), (50, 18)])
def test_interval_of_a_time_is_that_of_the_sign_test(count: int, depth: int) -> None:
    """The k of n that tables of the sign test give for 95 %, two-sided; scipy's binomial distribution confirms them."""
    times = [1.0 + i / 100 for i in range(count)]
    assert (times[depth - 1], times[-depth]) == estimator.ends(times[::-1])
    assert stats.binom.cdf(depth - 1, count, 0.5) <= 0.025 < stats.binom.cdf(depth, count, 0.5)


@pytest.mark.parametrize("count", range(6))
def test_no_interval_of_a_time_below_six_processes(count: int) -> None:
    """Least and largest of five hold the median in 1 - 2 / 32 = 93.75 % only."""
    assert (None, None) == estimator.ends([1.0 + i for i in range(count)])


def test_interval_of_a_time_holds_the_time() -> None:
    """The quantiles of 1 plus an exponential delay have the median 1 + log 2 = 1.69, and means of two a larger one."""
    times = [1.0 - math.log(1 - (i + 0.5) / 500) for i in range(500)]
    low, high = estimator.ends(times)
    assert low is not None and high is not None
    assert 1 + math.log(2) == pytest.approx(estimator.time(times), rel=1e-3)
    assert low < estimator.time(times) < high


def test_spread_is_the_distance_of_the_quartiles() -> None:
    """Of 1, 2, 3, 4, 5 the quartiles are 2 and 4 and the median 3; a single process has no spread."""
    assert 2 / 3 == pytest.approx(estimator.spread([5.0, 3.0, 1.0, 2.0, 4.0]))
    assert estimator.spread([1.0]) is None


@pytest.mark.parametrize("times", [[], [0.0], [1.0, math.nan], [math.inf]])
def test_impossible_times_are_refused(times: list[float]) -> None:
    """Nothing, zero, not a number and infinity are no times."""
    with pytest.raises(BadSample, match="above zero"):
        estimator.time(times)
