"""Exact bounds of a rate."""

from __future__ import annotations

import pytest
from scipy import stats

from bench.analysis import rate
from bench.analysis.errors import BadSample


@pytest.mark.parametrize(("hits", "trials", "limit"), [(0, 299, 0.01), (1, 473, 0.01), (0, 59, 0.05), (1, 93, 0.05)])
def test_counts_that_prove_a_rate(hits: int, trials: int, limit: float) -> None:
    """0 of 299 and 1 of 473 prove at most 1 %, 0 of 59 and 1 of 93 at most 5 %; one trial fewer does not."""
    assert rate.upper_bound(hits, trials) <= limit < rate.upper_bound(hits, trials - 1)


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (1, 1), (0, 40), (3, 40), (39, 40), (40, 40), (120, 2000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_bounds_are_scipys_clopper_pearson(hits: int, trials: int, confidence: float) -> None:
    """Both one-sided bounds equal scipy's exact ones."""
    above = stats.binomtest(hits, trials, alternative="less").proportion_ci(confidence, "exact").high
    below = stats.binomtest(hits, trials, alternative="greater").proportion_ci(confidence, "exact").low
    assert above == pytest.approx(rate.upper_bound(hits, trials, confidence), abs=1e-9)
    assert below == pytest.approx(rate.lower_bound(hits, trials, confidence), abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(hits: int, trials: int) -> None:
    """No trial, a negative count and more hits than trials raise an error."""
    with pytest.raises(BadSample):
        rate.upper_bound(hits, trials)


@pytest.mark.parametrize(("misses", "trials"), [(0, 59), (1, 93)])
def test_trials_that_prove_a_rate(misses: int, trials: int) -> None:
    """59 trials without a miss, or 93 with one, are the fewest that prove 95 %."""
    assert trials == rate.trials_to_prove(misses, 0.95)


@pytest.mark.parametrize("wanted", [0.0, 1.0])
def test_a_rate_that_nothing_proves_is_refused(wanted: float) -> None:
    """No number of trials proves 100 %, and none is needed for 0 %."""
    with pytest.raises(BadSample):
        rate.trials_to_prove(0, wanted)
