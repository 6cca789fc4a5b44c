"""The exact signed-rank test against enumeration, scipy and published tables."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis import signed_rank
from bench.analysis.errors import BadSample


def enumerated(differences: list[float]) -> tuple[float, float]:
    """Return P(>=) and P(<=) by visiting every sign pattern of the differences that are not zero."""
    ranks = stats.rankdata(np.abs(differences))
    kept = [(rank, value > 0) for rank, value in zip(ranks, differences, strict=True) if value != 0]
    seen = sum(rank for rank, positive in kept if positive)
    sums = [
        sum(rank for (rank, _), taken in zip(kept, signs, strict=True) if taken)
        for signs in product((False, True), repeat=len(kept))
    ]
    return sum(s >= seen for s in sums) / len(sums), sum(s <= seen for s in sums) / len(sums)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_p_values_equal_full_enumeration(differences: list[int]) -> None:
    """With ties, zeros and tiny n, both one-sided p-values are exactly those of all 2^n sign patterns."""
    found = signed_rank.compare([float(d) for d in differences])
    assert enumerated([float(d) for d in differences]) == (found.p_greater, found.p_less)


@pytest.mark.parametrize("n", [1, 2, 5, 8, 13, 25, 50])
def test_p_values_equal_scipy_without_ties(n: int) -> None:
    """For untied differences all three p-values and the statistic are those of scipy's exact test."""
    generator = np.random.default_rng(n)
    for _ in range(20):
        values = generator.normal(0.3, 1, n)
        found = signed_rank.compare(values.tolist())
        greater = stats.wilcoxon(values, alternative="greater", method="exact")
        assert greater.statistic == found.statistic
        assert greater.pvalue == pytest.approx(found.p_greater, rel=1e-12)
        assert stats.wilcoxon(values, alternative="less", method="exact").pvalue == pytest.approx(
            found.p_less, rel=1e-12
        )
        assert stats.wilcoxon(values, method="exact").pvalue == pytest.approx(found.p_two_sided, rel=1e-12)


def test_zeros_are_treated_as_scipy_does_under_pratt() -> None:
    """With zeros and ties the p-value is that of scipy's full permutation of signs with Pratt's zeros."""
    generator = np.random.default_rng(3)
    method = stats.PermutationMethod(n_resamples=np.inf)
    for _ in range(10):
        values = generator.integers(-3, 6, 9).astype(float)
        expected = stats.wilcoxon(values, zero_method="pratt", alternative="greater", method=method)
        assert expected.pvalue == pytest.approx(signed_rank.compare(values.tolist()).p_greater, rel=1e-12)


@pytest.mark.parametrize(("n", "critical", "p"), [(5, 15, 0.031), (7, 28, 0.008), (10, 45, 0.042), (15, 90, 0.047)])
def test_upper_tails_are_those_of_the_published_table(n: int, critical: int, p: float) -> None:
    """Upper tails equal the three digits of the table in Hollander, Wolfe and Chicken 2013, appendix A."""
    chances = signed_rank.null_distribution(np.arange(1, n + 1))
    assert p == pytest.approx(chances[critical:].sum(), abs=0.0005)


@pytest.mark.parametrize(("alpha", "pairs"), [(0.01, 7), (0.001, 10), (0.00033, 12)])
def test_smallest_p_asks_for_the_documented_number_of_pairs(alpha: float, pairs: int) -> None:
    """1 % needs 7 pairs, 0.1 % needs 10, 0.033 % needs 12: one pair fewer cannot reach it even if all are slower."""
    assert signed_rank.compare([1.0 + i for i in range(pairs)]).p_greater < alpha
    assert signed_rank.compare([1.0 + i for i in range(pairs - 1)]).p_greater >= alpha
    assert 2.0**-pairs == signed_rank.smallest_p(pairs)


def test_nothing_but_zeros_shows_nothing() -> None:
    """Pairs without any difference give p = 1 on every side."""
    found = signed_rank.compare([0.0] * 8)
    assert (1.0, 1.0, 1.0, 0) == (found.p_greater, found.p_less, found.p_two_sided, found.nonzero)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=40))
def test_exchanging_the_sides_exchanges_the_tails(differences: list[float]) -> None:
    """Negated differences swap "greater" and "less", and leave the two-sided p-value."""
    one, other = signed_rank.compare(differences), signed_rank.compare([-d for d in differences])
    assert (one.p_greater, one.p_less) == pytest.approx((other.p_less, other.p_greater), rel=1e-9)
    assert one.p_two_sided == pytest.approx(other.p_two_sided, rel=1e-9)


def test_many_pairs_stay_within_rounding_of_the_normal_limit() -> None:
    """At n = 400 the null distribution sums to one and has the textbook mean and variance."""
    n = 400
    chances = signed_rank.null_distribution(np.arange(1, n + 1))
    sums = np.arange(chances.size)
    mean = float(chances @ sums)
    assert 1 == pytest.approx(chances.sum(), abs=1e-12)
    assert n * (n + 1) / 4 == pytest.approx(mean)
    assert n * (n + 1) * (2 * n + 1) / 24 == pytest.approx(float(chances @ (sums - mean) ** 2))


@pytest.mark.parametrize("bad", [[], [float("nan")], [float("inf"), 1.0]])
def test_differences_that_are_no_numbers_are_refused(bad: list[float]) -> None:
    """An empty row and differences that are not finite raise an error."""
    with pytest.raises(BadSample):
        signed_rank.compare(bad)
