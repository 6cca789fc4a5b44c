"""The exact rank-sum test against enumeration and scipy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis import rank_sum
from bench.analysis.errors import BadSample

SMALL = st.lists(st.integers(0, 5).map(float), min_size=1, max_size=5)


@given(SMALL, SMALL)
def test_p_values_equal_full_enumeration(first: list[float], second: list[float]) -> None:
    """With ties and tiny samples, both tails are those of every way to choose the first sample."""
    doubled = np.round(2 * stats.rankdata([*first, *second])).astype(int)
    seen = doubled[: len(first)].sum()
    sums = np.array([doubled[list(chosen)].sum() for chosen in combinations(range(doubled.size), len(first))])
    found = rank_sum.compare(first, second)
    assert np.mean(sums >= seen) == pytest.approx(found.p_greater, rel=1e-12)
    assert np.mean(sums <= seen) == pytest.approx(found.p_less, rel=1e-12)


@pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 9), (3, 4), (8, 8), (20, 13), (13, 20), (30, 36)])
def test_p_values_equal_scipy_without_ties(m: int, n: int) -> None:
    """For untied samples u and all three p-values are those of scipy's exact test."""
    generator = np.random.default_rng(m * 100 + n)
    for _ in range(10):
        first, second = generator.normal(0.4, 1, m), generator.normal(0, 1, n)
        found = rank_sum.compare(first.tolist(), second.tolist())
        expected = stats.mannwhitneyu(first, second, alternative="greater", method="exact")
        assert expected.statistic == found.u
        assert expected.pvalue == pytest.approx(found.p_greater, rel=1e-9)
        less = stats.mannwhitneyu(first, second, alternative="less", method="exact")
        both = stats.mannwhitneyu(first, second, method="exact")
        assert (less.pvalue, both.pvalue) == pytest.approx((found.p_less, found.p_two_sided), rel=1e-9)
        assert found.exact


def test_large_samples_use_scipys_asymptotic_values_and_say_so() -> None:
    """Beyond the bearable size the result is the tie-corrected normal approximation, marked as not exact."""
    generator = np.random.default_rng(5)
    first, second = generator.integers(0, 500, 700).astype(float), generator.integers(0, 510, 650).astype(float)
    found = rank_sum.compare(first.tolist(), second.tolist())
    expected = stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic")
    assert not found.exact
    assert expected.pvalue == pytest.approx(found.p_greater, rel=0.02)


def test_equal_values_show_nothing() -> None:
    """Two samples of one and the same value give p = 1 on every side."""
    found = rank_sum.compare([2.0] * 4, [2.0] * 6)
    assert (1.0, 1.0, 1.0, 12.0) == (found.p_greater, found.p_less, found.p_two_sided, found.u)


def test_smallest_p_is_reached_without_overlap() -> None:
    """Samples that do not overlap have exactly the smallest reachable p-value, 1 / C(m + n, m)."""
    assert 1 / 126 == pytest.approx(rank_sum.compare([5.0, 6.0, 7.0, 8.0, 9.0], [1.0, 2.0, 3.0, 4.0]).p_greater)
    assert 1 / 126 == rank_sum.smallest_p(5, 4)


@pytest.mark.parametrize("bad", [[], [float("nan")]])
def test_samples_that_are_no_numbers_are_refused(bad: list[float]) -> None:
    """An empty sample and values that are not finite raise an error, on either side."""
    with pytest.raises(BadSample):
        rank_sum.compare(bad, [1.0])
    with pytest.raises(BadSample):
        rank_sum.compare([1.0], bad)
