"""The Hodges-Lehmann ratio and its exact intervals."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis import hodges_lehmann
from bench.analysis.errors import BadSample, TooFew

LOGS = st.lists(st.floats(-0.5, 0.5), min_size=6, max_size=25)


def test_published_example_of_paired_data() -> None:
    """Hollander, Wolfe and Chicken 2013, chapter 3, depression scores: -0.46, 96 % interval -0.786 to -0.010."""
    before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    shifts = [y - x for x, y in zip(before, after, strict=True)]
    found = hodges_lehmann.from_pairs(shifts, 0.96)
    assert -0.46 == pytest.approx(log(found.ratio), abs=0.0051)
    assert (-0.786, -0.010) == pytest.approx((log(found.low), log(found.high)), abs=0.0005)
    assert 0.961 == pytest.approx(found.coverage, abs=0.0005)


def test_published_example_of_two_samples() -> None:
    """Hollander, Wolfe and Chicken 2013, chapter 4, water diffusion: -0.305, 96 % interval -0.76 to 0.15."""
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    found = hodges_lehmann.from_groups(term, early, 0.96)
    assert -0.305 == pytest.approx(log(found.ratio), abs=0.0005)
    assert (-0.76, 0.15) == pytest.approx((log(found.low), log(found.high)), abs=0.0005)
    assert 0.96 == pytest.approx(found.coverage, abs=0.005)


@given(st.integers(6, 20), st.integers(0, 10_000))
def test_paired_interval_holds_what_scipys_exact_test_does_not_reject(n: int, seed: int) -> None:
    """Just inside each end the shifted data are not rejected by the exact test, just outside they are."""
    values = np.random.default_rng(seed).normal(0, 1, n)
    found = hodges_lehmann.from_pairs(values.tolist())
    for end, inward in ((log(found.low), 1), (log(found.high), -1)):
        inside = stats.wilcoxon(values - end - inward * 1e-9, method="exact").pvalue
        outside = stats.wilcoxon(values - end + inward * 1e-9, method="exact").pvalue
        assert outside <= 0.05 < inside


@given(st.integers(4, 12), st.integers(4, 12), st.integers(0, 10_000))
def test_unpaired_interval_holds_what_scipys_exact_test_does_not_reject(m: int, n: int, seed: int) -> None:
    """The same duality holds for two samples and the exact rank-sum test."""
    generator = np.random.default_rng(seed)
    base, other = generator.normal(0, 1, m), generator.normal(0, 1, n)
    found = hodges_lehmann.from_groups(base.tolist(), other.tolist())
    for end, inward in ((log(found.low), 1), (log(found.high), -1)):
        inside = stats.mannwhitneyu(other - end - inward * 1e-9, base, method="exact").pvalue
        outside = stats.mannwhitneyu(other - end + inward * 1e-9, base, method="exact").pvalue
        assert outside <= 0.05 * (1 + 1e-9) < inside * (1 + 1e-8)


@given(LOGS)
def test_exchanging_sides_inverts_the_paired_ratio_and_interval(values: list[float]) -> None:
    """Base and other exchanged: the ratio becomes 1 / ratio, and the ends change places."""
    one, other = hodges_lehmann.from_pairs(values), hodges_lehmann.from_pairs([-v for v in values])
    assert (1 / one.ratio, 1 / one.high, 1 / one.low) == pytest.approx((other.ratio, other.low, other.high))
    assert one.low <= one.ratio <= one.high


@given(LOGS, LOGS)
def test_exchanging_sides_inverts_the_unpaired_ratio_and_interval(base: list[float], head: list[float]) -> None:
    """The same holds for two independent samples."""
    one, other = hodges_lehmann.from_groups(base, head), hodges_lehmann.from_groups(head, base)
    assert (1 / one.ratio, 1 / one.high, 1 / one.low) == pytest.approx((other.ratio, other.low, other.high))


@given(LOGS, st.floats(0.1, 10))
def test_scaling_one_side_scales_ratio_and_interval(values: list[float], factor: float) -> None:
    """All head times multiplied by c: ratio and both ends are multiplied by c."""
    one = hodges_lehmann.from_pairs(values)
    other = hodges_lehmann.from_pairs([v + log(factor) for v in values])
    assert (one.ratio * factor, one.low * factor, one.high * factor) == pytest.approx(
        (other.ratio, other.low, other.high)
    )


def test_one_sided_bound_is_the_end_of_the_wider_interval() -> None:
    """The 95 % upper bound is the upper end of the 90 % interval; the other side stays open."""
    values = np.random.default_rng(2).normal(0, 0.1, 15).tolist()
    upper = hodges_lehmann.from_pairs(values, 0.95, "upper")
    lower = hodges_lehmann.from_pairs(values, 0.95, "lower")
    both = hodges_lehmann.from_pairs(values, 0.9)
    assert (0.0, both.high, both.low, inf) == (upper.low, upper.high, lower.low, lower.high)


@pytest.mark.parametrize(("n", "coverage"), [(6, 0.96875), (7, 0.953125), (8, 0.9609375)])
def test_coverage_is_stated_as_it_is(n: int, coverage: float) -> None:
    """The coverage is the one of the exact distribution: 1 - 2/64 at 6 pairs, 1 - 6/128 at 7, 1 - 10/256 at 8."""
    assert coverage == hodges_lehmann.from_pairs([float(i) for i in range(n)]).coverage


def test_too_few_are_refused_with_the_number_needed() -> None:
    """Five pairs give at most 93.75 % and four against three 94.3 %, so 95 % is refused; 6 pairs, 4 against 4 pass."""
    with pytest.raises(TooFew, match="at least 6 pairs"):
        hodges_lehmann.from_pairs([0.1] * 5)
    with pytest.raises(TooFew, match="at least 4 on each side"):
        hodges_lehmann.from_groups([0.1] * 4, [0.2] * 3)
    assert 0.9375 == hodges_lehmann.from_pairs([0.1] * 5, 0.9375).coverage
    assert exp(0.1) == pytest.approx(hodges_lehmann.from_groups([0.1] * 4, [0.2] * 4).ratio)


@pytest.mark.parametrize("side", ["both", "upper", "lower"])
def test_coverage_of_the_paired_interval_in_simulation(side: hodges_lehmann.Side) -> None:
    """In 1000 symmetric samples of 9 pairs the truth is inside as often as stated, within binomial bounds."""
    generator = np.random.default_rng(11)
    hits, trials = 0, 1000
    for _ in range(trials):
        found = hodges_lehmann.from_pairs((0.03 + generator.laplace(0, 0.02, 9)).tolist(), 0.95, side)
        hits += found.low <= exp(0.03) <= found.high
    assert 1e-4 < stats.binomtest(hits, trials, found.coverage).pvalue


def test_coverage_of_the_unpaired_interval_in_simulation() -> None:
    """The same for 8 against 11 processes of any one distribution, here a one-sided and skewed one."""
    generator = np.random.default_rng(12)
    hits, trials = 0, 1000
    for _ in range(trials):
        base, other = generator.exponential(0.05, 8), 0.03 + generator.exponential(0.05, 11)
        found = hodges_lehmann.from_groups(base.tolist(), other.tolist())
        hits += found.low <= exp(0.03) <= found.high
    assert 1e-4 < stats.binomtest(hits, trials, found.coverage).pvalue


def test_large_groups_keep_their_interval() -> None:
    """Where the exact distribution would take seconds, the normal one cuts at scipy's asymptotic limit."""
    generator = np.random.default_rng(13)
    base, other = generator.normal(0, 1, 600), generator.normal(0.2, 1, 500)
    found = hodges_lehmann.from_groups(base.tolist(), other.tolist())
    for end in (log(found.low), log(found.high)):
        assert 0.05 == pytest.approx(stats.mannwhitneyu(other - end, base, method="asymptotic").pvalue, rel=0.01)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 1.5])
def test_an_impossible_confidence_is_refused(confidence: float) -> None:
    """A confidence outside 0 to 1 raises an error."""
    with pytest.raises(BadSample, match="between 0 and 1"):
        hodges_lehmann.from_pairs([0.1] * 8, confidence)
