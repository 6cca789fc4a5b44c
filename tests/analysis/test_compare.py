"""Two samples side by side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis.compare import compare, log_ratios
from bench.analysis.errors import BadSample
from bench.core.reason import Kind, Reason

TIMES = st.lists(st.lists(st.floats(0.01, 0.02), min_size=3, max_size=3), min_size=6, max_size=15)


def drawn(seed: int, processes: int, values: int) -> list[list[float]]:
    """Return a sample of one distribution: a process level, and delays that only add."""
    generator = np.random.default_rng(seed)
    level = generator.normal(0, 0.003, (processes, 1))
    matrix: list[list[float]] = (0.05 * np.exp(level + generator.exponential(0.01, (processes, values)))).tolist()
    return matrix


def test_numbers_come_from_per_process_minima() -> None:
    """Ratio, p-value and medians are those that scipy and numpy find in the minima and medians of the processes."""
    base, other = np.array(drawn(1, 9, 5)), 1.03 * np.array(drawn(2, 12, 5))
    found = compare(base.tolist(), other.tolist())
    shifts = np.log(other.min(axis=1))[:, None] - np.log(base.min(axis=1))[None, :]
    middles = np.log(np.median(other, axis=1))[:, None] - np.log(np.median(base, axis=1))[None, :]
    assert np.exp(np.median(shifts)) == pytest.approx(found.evidence.ratio)
    assert np.exp(np.median(middles)) == pytest.approx(found.median_ratio)
    assert stats.mannwhitneyu(other.min(axis=1), base.min(axis=1), method="exact").pvalue == pytest.approx(
        found.evidence.p
    )
    assert (9, 12, 9, 5) == (found.evidence.n_base, found.evidence.n_head, found.evidence.n, found.values)


def test_paired_numbers_come_from_pairs() -> None:
    """Paired, the p-value is that of the signed-rank test on log-ratios, and the spread of a pair is reported."""
    base, other = np.array(drawn(3, 10, 4)), 1.02 * np.array(drawn(4, 10, 4))
    found = compare(base.tolist(), other.tolist(), paired=True)
    differences = np.log(other.min(axis=1)) - np.log(base.min(axis=1))
    assert stats.wilcoxon(differences, method="exact").pvalue == pytest.approx(found.evidence.p)
    assert differences.std(ddof=1) == pytest.approx(found.sd)
    assert differences.tolist() == pytest.approx(log_ratios(base.tolist(), other.tolist()))


@given(TIMES, st.booleans())
def test_a_record_against_itself_is_equal(sample: list[list[float]], paired: bool) -> None:
    """A record compared with itself has the ratio 1 inside its interval, and is neither slower nor faster."""
    found = compare(sample, sample, paired=paired).evidence
    assert 1 == pytest.approx(found.ratio, abs=1e-12)
    assert found.low is not None and found.high is not None
    assert found.low <= 1 + 1e-12 and 1 <= found.high + 1e-12
    assert found.p_slower >= 0.5 and found.p_faster >= 0.5


@given(TIMES, TIMES, st.floats(0.001, 1000))
def test_a_change_of_unit_changes_nothing(base: list[list[float]], other: list[list[float]], factor: float) -> None:
    """All times of both sides multiplied by c leave ratio and interval; times of one side alone scale them by c."""
    scaled_base, scaled = ([[v * factor for v in row] for row in sample] for sample in (base, other))
    plain = compare(base, other)
    both = compare(scaled_base, scaled)
    one = compare(base, scaled)
    ends = (plain.evidence.ratio, plain.evidence.low, plain.evidence.high, plain.median_ratio)
    assert ends == pytest.approx((both.evidence.ratio, both.evidence.low, both.evidence.high, both.median_ratio))
    assert [end * factor for end in ends if end is not None] == pytest.approx(
        [one.evidence.ratio, one.evidence.low, one.evidence.high, one.median_ratio]
    )


@given(TIMES, TIMES)
def test_exchanging_the_sides_inverts_the_ratio(base: list[list[float]], other: list[list[float]]) -> None:
    """Base and other exchanged: ratios are inverted, ends change places, "slower" becomes "faster"."""
    one, back = compare(base, other), compare(other, base)
    assert one.evidence.low is not None and one.evidence.high is not None
    assert (1 / one.evidence.ratio, 1 / one.evidence.high, 1 / one.evidence.low) == pytest.approx(
        (back.evidence.ratio, back.evidence.low, back.evidence.high)
    )
    assert 1 / one.median_ratio == pytest.approx(back.median_ratio)
    assert one.evidence.p_slower == pytest.approx(back.evidence.p_faster)


def test_more_values_per_process_do_not_look_faster() -> None:
    """A minimum of twelve values lies below one of three; both sides are cut to three, so identical code stays equal.

    Of 100 comparisons of one distribution about 5 have p < 0.05; without the cut about half have, which is the trap.
    """
    trapped, found_small = 0, 0
    for seed in range(100):
        few, many = drawn(2 * seed, 20, 3), drawn(2 * seed + 1, 20, 12)
        found = compare(few, many)
        assert (3, (Reason.of(Kind.VALUES_LEFT_OUT, used=3, longest=12),)) == (found.values, found.notes)
        found_small += found.evidence.p < 0.05
        trapped += stats.mannwhitneyu(np.array(few).min(axis=1), np.array(many).min(axis=1)).pvalue < 0.05
    assert stats.binomtest(found_small, 100, 0.05, alternative="greater").pvalue > 1e-3
    assert trapped > 30


def test_too_few_processes_leave_the_ratio_without_interval() -> None:
    """Three against three processes still have a ratio; the missing interval is none and said in a note."""
    found = compare(drawn(7, 3, 3), drawn(8, 3, 3))
    assert (None, None, None) == (found.evidence.low, found.evidence.high, found.evidence.coverage)
    assert (Reason.of(Kind.FEW_FOR_INTERVAL, confidence=0.95),) == found.notes
    assert 0.05 == found.evidence.smallest_p


def test_unequal_rows_cannot_be_paired() -> None:
    """Pairing samples of unlike length raises an error instead of dropping rows."""
    with pytest.raises(BadSample, match="6 and 5 processes cannot be paired"):
        compare(drawn(9, 6, 3), drawn(9, 5, 3), paired=True)
    with pytest.raises(BadSample, match="6 and 5 processes cannot be paired"):
        log_ratios(drawn(9, 6, 3), drawn(9, 5, 3))
