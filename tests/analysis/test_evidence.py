"""What one cell says before it is judged."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.analysis import evidence, hodges_lehmann
from bench.analysis.errors import BadSample


def test_directions_of_two_samples() -> None:
    """Slower means that head takes longer than base: p-values are scipy's for exactly that direction."""
    generator = np.random.default_rng(1)
    base, head = generator.normal(0, 1, 9), generator.normal(1, 1, 11)
    found = evidence.from_groups(base.tolist(), head.tolist())
    slower = stats.mannwhitneyu(head, base, alternative="greater", method="exact").pvalue
    faster = stats.mannwhitneyu(head, base, alternative="less", method="exact").pvalue
    assert (slower, faster) == pytest.approx((found.p_slower, found.p_faster))
    assert slower < 0.5 < faster
    assert (9, 11, 9, False) == (found.n_base, found.n_head, found.n, found.paired)


def test_directions_of_pairs() -> None:
    """The same for pairs, given as log(head) - log(base)."""
    shifts = np.random.default_rng(2).normal(0.5, 1, 10)
    found = evidence.from_pairs(shifts.tolist())
    slower = stats.wilcoxon(shifts, alternative="greater", method="exact").pvalue
    faster = stats.wilcoxon(shifts, alternative="less", method="exact").pvalue
    assert (slower, faster) == pytest.approx((found.p_slower, found.p_faster))
    assert (10, 10, 10, True) == (found.n_base, found.n_head, found.n, found.paired)


def test_upper_bound_is_one_sided() -> None:
    """The upper bound is the upper end of the two-sided 90 % interval, below that of the 95 % one."""
    values = np.random.default_rng(3).normal(0, 0.1, 14).tolist()
    other = np.random.default_rng(4).normal(0, 0.1, 14).tolist()
    assert hodges_lehmann.from_pairs(values, 0.9).high == evidence.from_pairs(values).upper
    assert hodges_lehmann.from_groups(values, other, 0.9).high == evidence.from_groups(values, other).upper


def test_what_is_missing_is_none() -> None:
    """Five pairs have an upper bound but no 95 % interval, four have neither; the ratio stands in both cases."""
    five, four = evidence.from_pairs([0.1] * 5), evidence.from_pairs([0.1] * 4)
    assert five.upper == pytest.approx(np.exp(0.1)) == four.ratio
    assert (None, None, None, None) == (five.low, five.high, four.low, four.upper)


def test_no_numbers_are_refused() -> None:
    """No pair, and an empty side, raise an error."""
    with pytest.raises(BadSample):
        evidence.from_pairs([])
    with pytest.raises(BadSample):
        evidence.from_groups([1.0], [])
