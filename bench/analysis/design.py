"""How many pairs: the planning table of the gate.

Sample size by normal theory with the correction for an estimated deviation (Guenther), divided by the efficiency of the
signed-rank test relative to the t-test at the normal distribution, 3 / pi, and never below the number from which the
exact test can reach its alpha at all. Where that is few, theory promises too much, because the exact test has few
values to choose from (of 7 pairs all have to be slower for 1 %), so up to 30 pairs the power is that of simulated
runs.

Sources: W. C. Guenther, "Sample size formulas for normal theory t tests", 1981; E. J. G. Pitman's efficiency in
M. Hollander, D. Wolfe, E. Chicken, "Nonparametric statistical methods", 2013, section 3.11; upper bound of a standard
deviation by the cube-root approximation of chi-square: E. B. Wilson, M. M. Hilferty, "The distribution of chi-square",
1931.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, inf, log1p, pi, sqrt
from statistics import NormalDist, stdev

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample, TooFew
from bench.analysis.signed_rank import null_distribution, smallest_p

EFFICIENCY = 3 / pi
"""Pitman efficiency of the signed-rank test for normal differences: 21 pairs do what 20 do for the t-test."""

_NORMAL = NormalDist()
_FEW = 30  # pairs; from there on theory and simulation differ by less than the simulation's own error
_RESAMPLES = 600  # an error of 0.9 % at a power of 95 %
_SITTINGS, _SEED = 4000, 1  # an error of 0.3 % at a power of 95 %, the same one each time


@dataclass(frozen=True, slots=True)
class Design:
    """A planned comparison.

    Attributes:
        pairs: pairs to measure per cell.
        wanted: pairs that the asked power needs; larger than `pairs` when the cap was lower.
        sd: standard deviation of a pair's log-ratio that was assumed.
        alpha: false alarms per family that were asked for.
        cells: cells in the family.
        power: chance that `pairs` find the effect in a cell.
        reachable: whether `pairs` can reach alpha at all.
    """

    pairs: int
    wanted: int
    sd: float
    alpha: float
    cells: int
    power: float
    reachable: bool


def plan(
    sd: float,
    *,
    effect: float = 0.05,
    alpha: float = 0.01,
    cells: int = 1,
    power: float = 0.95,
    margin: float = 0.02,
    batches: int = 1,
    cap: int | None = None,
) -> Design:
    """Plan how many pairs each cell needs.

    Args:
        sd: standard deviation of a pair's log-ratio, from `pilot_sd` or `pilot_sd_bound`.
        effect: slowdown to be found; 0.05 is 5 %.
        alpha: false alarms in the whole family; Holm's worst case, alpha / cells, is planned for.
        cells: number of cells judged together.
        power: chance to find the effect.
        margin: slowdown that the estimate must exceed besides being significant.
        batches: independent batches that must all be red; each then gets power ** (1 / batches).
        cap: most pairs that the time budget allows.

    Raises:
        BadSample: a number outside its range, or an effect that does not exceed the margin.
    """
    _check(sd, effect, alpha, power, margin)
    each = alpha / cells
    wanted = pairs_needed(sd, effect=effect, alpha=each, power=power ** (1 / batches), margin=margin)
    pairs = wanted if cap is None else min(wanted, cap)
    reached = power_of(pairs, sd, effect=effect, alpha=each, margin=margin) ** batches
    return Design(pairs, wanted, sd, alpha, cells, reached, smallest_p(pairs) < each)


def pairs_needed(
    sd: float, *, effect: float = 0.05, alpha: float = 0.01, power: float = 0.95, margin: float = 0.02
) -> int:
    """Return the pairs with which a slowdown of `effect` is both significant and above the margin with this power."""
    _check(sd, effect, alpha, power, margin)
    significant = pairs_by_normal_theory(sd, effect=effect, alpha=alpha, power=power) / EFFICIENCY
    beyond = (_NORMAL.inv_cdf(power) * sd / (log1p(effect) - log1p(margin))) ** 2 / EFFICIENCY if power > 0.5 else 0
    pairs = max(ceil(significant), ceil(beyond), pairs_to_reach(alpha))
    while pairs <= _FEW and _simulated_power(pairs, sd, effect, alpha, margin) < power:
        pairs += 1
    return pairs


def pairs_by_normal_theory(sd: float, *, effect: float, alpha: float, power: float) -> float:
    """Return the pairs (not rounded) a one-sided t-test on log-ratios needs, by Guenther's formula."""
    z_alpha, z_power = _NORMAL.inv_cdf(1 - alpha), _NORMAL.inv_cdf(power)
    return ((z_alpha + z_power) * sd / log1p(effect)) ** 2 + z_alpha**2 / 2


def pairs_to_reach(alpha: float) -> int:
    """Return the fewest pairs whose smallest p-value, 2 ** -n, lies below alpha.

    Raises:
        BadSample: alpha is not between 0 and 1.
    """
    if not 0 < alpha < 1:
        raise BadSample(f"alpha {alpha} is not between 0 and 1; 0.01 allows one false alarm in a hundred")
    pairs = 1
    while smallest_p(pairs) >= alpha:
        pairs += 1
    return pairs


def power_of(pairs: int, sd: float, *, effect: float = 0.05, alpha: float = 0.01, margin: float = 0.02) -> float:
    """Return the chance that so many normal log-ratios find the effect; 0 if alpha is out of their reach."""
    _check(sd, effect, alpha, 0.5, margin)
    if smallest_p(pairs) >= alpha:
        return 0.0
    if sd == 0:
        return 1.0
    if pairs <= _FEW:
        return _simulated_power(pairs, sd, effect, alpha, margin)
    z_alpha = _NORMAL.inv_cdf(1 - alpha)
    # The t-test's correction can exceed the pairs there are; then even the normal theory gives no chance.
    effective = max(0.0, pairs * EFFICIENCY - z_alpha**2 / 2)
    significant = _NORMAL.cdf(sqrt(effective) * log1p(effect) / sd - z_alpha)
    beyond = _NORMAL.cdf(sqrt(pairs * EFFICIENCY) * (log1p(effect) - log1p(margin)) / sd)
    return min(significant, beyond)


def pairs_by_resampling(
    seen: Sequence[float],
    *,
    effect: float = 0.05,
    alpha: float = 0.01,
    power: float = 0.95,
    margin: float = 0.02,
    least: int = 1,
    most: int,
) -> int:
    """Return the pairs, from `least` to `most`, with which machines like the one seen show the effect with this power.

    Their standard deviation would not do: where a fifth of the processes takes twice as long it asks for 877 pairs,
    and 64 find the effect, because a rank does not care how far off a pair is.
    """
    low, high = least, max(least, most)
    while low < high:
        middle = (low + high) // 2
        if power_by_resampling(middle, seen, effect=effect, alpha=alpha, margin=margin) < power:
            low = middle + 1
        else:
            high = middle
    return low


def power_by_resampling(
    pairs: int, seen: Sequence[float], *, effect: float = 0.05, alpha: float = 0.01, margin: float = 0.02
) -> float:
    """Return the chance that so many pairs find the effect, if they spread as those that were seen.

    Pairs are drawn with replacement, and each sign with even chances: what is drawn from says nothing about who is
    faster, and is symmetric as the exact test takes it to be. The effect is added to all of them.
    """
    if smallest_p(pairs) >= alpha:
        return 0.0
    rng = np.random.default_rng(_SEED)
    drawn = rng.choice(np.asarray(seen, dtype=float), (_RESAMPLES, pairs)) * rng.choice(
        (-1.0, 1.0), (_RESAMPLES, pairs)
    )
    return _found(drawn + log1p(effect), alpha, margin)


@cache
def _simulated_power(pairs: int, sd: float, effect: float, alpha: float, margin: float) -> float:
    """Return the part of simulated paired runs that the exact test and the margin both call slower."""
    return _found(np.random.default_rng(_SEED).normal(log1p(effect), sd, (_SITTINGS, pairs)), alpha, margin)


def _found(runs: NDArray[np.float64], alpha: float, margin: float) -> float:
    """Return the part of paired runs (rows) that the exact test and the margin both call slower.

    The Hodges-Lehmann estimate lies above the margin when more than half of the Walsh averages do, and of pairs without
    ties so many do as the signed ranks around the margin sum up to (Tukey).
    """
    pairs = runs.shape[1]
    significant = _rank_sums(runs) >= _critical(pairs, alpha)
    beyond = _rank_sums(runs - log1p(margin)) > pairs * (pairs + 1) / 4
    return float((significant & beyond).mean())


def _rank_sums(runs: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the sum of the ranks of each row's positive differences."""
    ranks = np.abs(runs).argsort(axis=1).argsort(axis=1) + 1
    return np.asarray((ranks * (runs > 0)).sum(axis=1))


@cache
def _critical(pairs: int, alpha: float) -> int:
    """Return the least sum of ranks that is significant."""
    chances = null_distribution(np.arange(1, pairs + 1))
    return int(np.argmax(np.cumsum(chances[::-1])[::-1] < alpha))


def pilot_sd(log_ratios: Sequence[float]) -> float:
    """Return the standard deviation of a pilot's log-ratios, n - 1 in the denominator.

    Raises:
        TooFew: fewer than two pairs.
    """
    if len(log_ratios) < 2:
        raise TooFew(f"{len(log_ratios)} pilot pairs show no spread; measure at least 2, better 4")
    return stdev(log_ratios)


def pilot_sd_bound(log_ratios: Sequence[float], confidence: float = 0.8) -> float:
    """Return an upper bound of the standard deviation: planning with it protects against a lucky pilot.

    Raises:
        TooFew: fewer than two pairs.
    """
    freedom = len(log_ratios) - 1
    deviation = pilot_sd(log_ratios)
    part = 2 / (9 * freedom)
    quantile = freedom * (1 - part + _NORMAL.inv_cdf(1 - confidence) * sqrt(part)) ** 3
    return deviation * sqrt(freedom / quantile) if quantile > 0 else inf


def _check(sd: float, effect: float, alpha: float, power: float, margin: float) -> None:
    if not 0 <= sd < inf:
        raise BadSample(f"a standard deviation of {sd} cannot be planned with; it must be finite and not negative")
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise BadSample(f"alpha {alpha} and power {power} must lie between 0 and 1; 0.01 and 0.95 are usual")
    if not -1 < margin < effect:
        raise BadSample(
            f"an effect of {effect} does not exceed the margin {margin}; it could never be called regressed"
        )
