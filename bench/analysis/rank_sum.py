"""The rank-sum test for two independent samples: the exact permutation distribution of midranks.

Used for records whose processes were not paired. If both samples come from one distribution, every way to choose which
of the m + n values belong to the first sample is equally likely; ties share the mean of their ranks and take part in
the permutation as such, so the p-value stays exact.

Sources: H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the
other", 1947; exact distribution with ties by dynamic programming: B. Streitberg, J. Roehmel, "Exact distributions for
permutation and rank tests", 1986; tie-corrected normal approximation: E. L. Lehmann, "Nonparametrics", 1975, section
1.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample
from bench.analysis.signed_rank import doubled_midranks

EXACT_WORK = 1_000_000_000
"""Additions up to which the exact distribution is built (about a second). 120 against 120 distinct values fit."""


@dataclass(frozen=True, slots=True)
class RankSum:
    """Outcome of the rank-sum test.

    Attributes:
        u: number of pairs in which the value of the first sample is larger, ties counting one half.
        p_greater: probability of a u at least as large, if both samples come from one distribution.
        p_less: probability of a u at least as small.
        p_two_sided: twice the smaller of both, at most 1.
        exact: whether the permutation distribution was used, not its normal approximation.
    """

    u: float
    p_greater: float
    p_less: float
    p_two_sided: float
    exact: bool


def compare(first: Sequence[float], second: Sequence[float]) -> RankSum:
    """Test whether the values of the first sample tend to be larger or smaller than those of the second.

    Above `EXACT_WORK` the normal approximation with tie and continuity correction is used, and `exact` is false.

    Raises:
        BadSample: a sample is empty or holds a value that is not finite.
    """
    one, two = (np.asarray(sample, dtype=np.float64) for sample in (first, second))
    for values in (one, two):
        if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
            raise BadSample(
                "a sample is empty or holds a value that is not finite; each needs at least one finite value"
            )
    m = one.size
    doubled = doubled_midranks(np.concatenate((one, two)))
    observed = int(doubled[:m].sum())
    u = observed / 2 - m * (m + 1) / 2
    greater, less, exact = _tails(doubled, m, observed)
    return RankSum(u, greater, less, min(1.0, 2 * min(greater, less)), exact)


def smallest_p(m: int, n: int) -> float:
    """Return the smallest one-sided p-value that m against n values can reach: no overlap, 1 / C(m + n, m)."""
    return 1 / comb(m + n, m)


def null_distribution(scores: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """Return the chances of each sum of `size` scores drawn without replacement; entry k belongs to the sum k.

    Counts are floats: exact below 2 ** 53, and never subtracted from each other above it.
    """
    total = int(np.sort(scores)[::-1][:size].sum())
    counts = np.zeros((size + 1, total + 1))
    counts[0, 0] = 1.0
    for taken, score in enumerate(scores, start=1):
        step = int(score)
        for chosen in range(min(taken, size), 0, -1):
            counts[chosen, step:] += counts[chosen - 1, : total + 1 - step]
    return np.asarray(counts[size] / counts[size].sum())


def is_bearable(scores: NDArray[np.int64], size: int) -> bool:
    """Return whether the exact distribution takes at most `EXACT_WORK` additions, and its counts fit into a float."""
    span = int(np.sort(scores)[::-1][:size].sum()) + 1
    return span * size * scores.size <= EXACT_WORK and scores.size < 1000


def _tails(doubled: NDArray[np.int64], m: int, observed: int) -> tuple[float, float, bool]:
    """Return P(sum >= observed), P(sum <= observed) and whether both are exact."""
    size = int(doubled.size)
    base = int(doubled.min())
    shifted = doubled - base
    unit = int(np.gcd.reduce(shifted)) or 1  # all values tied: every sum is the same one
    scores = shifted // unit
    seat = (observed - m * base) // unit
    if m > size - m:  # fewer columns: follow the smaller sample, whose sum is the complement
        seat = int(scores.sum()) - seat
        below, above, exact = _lower_upper(scores, size - m, seat)
        return below, above, exact
    below, above, exact = _lower_upper(scores, m, seat)
    return above, below, exact


def _lower_upper(scores: NDArray[np.int64], size: int, seat: int) -> tuple[float, float, bool]:
    """Return P(sum <= seat), P(sum >= seat) for `size` of the scores, exact where the work is bearable."""
    if is_bearable(scores, size):
        chances = null_distribution(scores, size)
        return float(min(1.0, chances[: seat + 1].sum())), float(min(1.0, chances[seat:].sum())), True
    count = scores.size
    mean = size * float(scores.mean())
    deviation = sqrt(size * (count - size) / (count - 1) * float(scores.var()))
    normal = NormalDist(mean, deviation)
    return normal.cdf(seat + 0.5), 1 - normal.cdf(seat - 0.5), False
