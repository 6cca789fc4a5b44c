"""The planning table."""

from __future__ import annotations

from math import ceil, log, log1p, sqrt

import numpy as np
import pytest
from scipy import stats

from bench.analysis import design
from bench.analysis.errors import BadSample, TooFew

TABLE = {  # SD of the pair log-ratio: pairs for 95 % detection of +5 % at alpha 1 %, 0.1 %, 1 % / 30
    0.03: (9, 14, 16),
    0.05: (20, 29, 33),
    0.08: (46, 66, 75),
    0.10: (69, 99, 113),
}


@pytest.mark.parametrize("sd", TABLE)
def test_normal_theory_gives_the_planning_table(sd: float) -> None:
    """The pairs per spread and alpha are those tabulated for the t-test, wherever the exact test can reach alpha."""
    found = tuple(
        ceil(design.pairs_by_normal_theory(sd, effect=0.05, alpha=alpha, power=0.95))
        for alpha in (0.01, 0.001, 0.01 / 30)
    )
    assert TABLE[sd] == found


@pytest.mark.parametrize(("sd", "alpha"), [(0.02, 0.01), (0.05, 0.01), (0.1, 0.001)])
def test_normal_theory_comes_close_to_the_noncentral_t(sd: float, alpha: float) -> None:
    """So many pairs give the t-test between 93 % and 97 % power by scipy's noncentral t distribution."""
    n = ceil(design.pairs_by_normal_theory(sd, effect=0.05, alpha=alpha, power=0.95))
    limit = stats.t.isf(alpha, n - 1)
    assert 0.93 < stats.nct.sf(limit, n - 1, sqrt(n) * log1p(0.05) / sd) < 0.97


@pytest.mark.parametrize("sd", [0.016, 0.02, 0.04])
def test_planned_pairs_find_the_effect_as_often_as_planned(sd: float) -> None:
    """In 600 simulated paired runs with a true +5 % the planned pairs are red in no fewer than 95 %, minus noise."""
    n = design.pairs_needed(sd, effect=0.05, alpha=0.01, power=0.95, margin=0.02)
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(600):
        pairs = generator.normal(log1p(0.05), sd, n)
        walsh = np.add.outer(pairs, pairs)[np.triu_indices(n)] / 2
        significant = stats.wilcoxon(pairs, alternative="greater", method="exact").pvalue < 0.01
        hits += int(significant and np.median(walsh) > log1p(0.02))
    assert stats.binomtest(hits, 600, 0.95, alternative="less").pvalue > 1e-3
    assert hits < 600  # the plan is not just very generous


@pytest.mark.parametrize(("alpha", "pairs"), [(0.01, 7), (0.001, 10), (0.01 / 30, 12), (0.5, 2), (0.25, 3)])
def test_fewest_pairs_that_reach_alpha(alpha: float, pairs: int) -> None:
    """2 ** -n must lie strictly below alpha: 7 pairs for 1 %, 10 for 0.1 %, 12 for thirty cells."""
    assert pairs == design.pairs_to_reach(alpha)


def test_a_quiet_machine_still_needs_the_pairs_of_the_exact_test() -> None:
    """However small the spread, the plan never falls below the pairs that can reach alpha."""
    assert 7 == design.pairs_needed(0.0001)
    assert 12 == design.plan(0.0001, cells=30).pairs


def test_a_cap_is_admitted() -> None:
    """A capped plan says what was wanted, what power is left, and that too low a cap can never alarm."""
    free, capped, hopeless = (design.plan(0.05, cap=cap) for cap in (None, 12, 6))
    assert free.pairs == free.wanted == capped.wanted > capped.pairs == 12
    assert hopeless.power == 0 < capped.power < 0.95 <= free.power
    assert (True, True, False) == (free.reachable, capped.reachable, hopeless.reachable)


def test_a_confirming_batch_costs_pairs() -> None:
    """Two batches that must both be red need more pairs each, for the same power together."""
    assert design.plan(0.05, batches=2).pairs > design.plan(0.05).pairs
    assert design.plan(0.05, batches=2).power >= 0.95


def test_more_cells_a_smaller_effect_or_more_noise_need_more_pairs() -> None:
    """The number of pairs rises with cells, noise and margin, and falls with the effect."""
    one = design.plan(0.05).pairs
    assert one < design.plan(0.05, cells=10).pairs
    assert one < design.plan(0.06).pairs
    assert one < design.plan(0.05, effect=0.04).pairs
    assert one < design.plan(0.05, margin=0.04).pairs


def test_pilot_bound_is_near_the_chi_square_bound() -> None:
    """Spread of a pilot and its upper bound: the bound is within 2 % of the one from scipy's chi-square."""
    pilot = [0.01, -0.02, 0.03, 0.005]
    deviation = float(np.std(pilot, ddof=1))
    assert deviation == pytest.approx(design.pilot_sd(pilot))
    assert deviation * sqrt(3 / stats.chi2.ppf(0.2, 3)) == pytest.approx(design.pilot_sd_bound(pilot, 0.8), rel=0.02)


def test_impossible_plans_are_refused() -> None:
    """An effect within the margin, an alpha of 0, a spread that is no number, and a pilot of one pair raise."""
    with pytest.raises(BadSample, match="never be called regressed"):
        design.plan(0.02, effect=0.02, margin=0.02)
    with pytest.raises(BadSample):
        design.plan(0.02, alpha=0)
    with pytest.raises(BadSample):
        design.pairs_needed(float("nan"))
    with pytest.raises(TooFew):
        design.pilot_sd([0.1])


def test_resampled_power_is_that_of_what_is_resampled() -> None:
    """Normal pairs have the power of the table; of a machine of two speeds the deviation asks for ten times as many."""
    dice = np.random.default_rng(4)
    quiet = dice.normal(0, 0.03, 400)
    assert design.power_of(12, 0.03) == pytest.approx(design.power_by_resampling(12, quiet), abs=0.06)
    speeds = dice.normal(0, 0.02, 400) + log(1.9) * (dice.random(400) < 0.16) - log(1.9) * (dice.random(400) < 0.16)
    assert design.pairs_by_resampling(speeds, most=1000) < design.pairs_needed(float(speeds.std())) / 5


def test_resampled_plans_stay_within_their_limits() -> None:
    """Never fewer pairs than there are, never more than there is time for, none that cannot reach alpha has power."""
    assert 9 == design.pairs_by_resampling([0.0] * 9, least=9, most=50)
    assert 12 == design.pairs_by_resampling([0.5, -0.5] * 4, least=8, most=12)
    assert 0 == design.power_by_resampling(6, [0.0] * 6)
