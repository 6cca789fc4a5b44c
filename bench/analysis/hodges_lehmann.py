"""How much slower, robustly: the Hodges-Lehmann ratio with its exact interval.

Paired: the median of all Walsh averages (mean of every two log-ratios, each with itself too). Two independent samples:
the median of all differences between a log time of one and of the other. Both intervals consist of those shifts that
the exact signed-rank or rank-sum test does not reject, which makes their ends order statistics of the same averages or
differences. Work is done on logarithms, so that exchanging the sides inverts ratio and interval, and a change of unit
changes nothing.

The ends belong to the interval. With tied values the stated coverage is then a lower bound (Noether).

Sources: J. L. Hodges, E. L. Lehmann, "Estimates of location based on rank tests", 1963; J. W. Tukey, "The simplest
signed-rank tests", 1949; M. Hollander, D. Wolfe, E. Chicken, "Nonparametric statistical methods", 2013, sections 3.3
and 4.3; G. E. Noether, "Wilcoxon confidence intervals for location parameters in the discrete case", 1967.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, exp, inf, log2, sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.analysis import rank_sum, signed_rank
from bench.analysis.errors import BadSample, TooFew

Side = Literal["both", "upper", "lower"]

_SLACK = 1 + 1e-12
"""Equal but for rounding counts as equal: 1 - 0.9 is not 0.1 in binary, and must not cost a whole pair."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio and its interval.

    Attributes:
        ratio: other / base; 1.05 reads "5 % slower".
        low: lower end; 0 where only an upper bound was asked for.
        high: upper end; infinity where only a lower bound was asked for.
        coverage: confidence that the interval really has, at least the one that was asked for.
    """

    ratio: float
    low: float
    high: float
    coverage: float


def from_pairs(log_ratios: Sequence[float], confidence: float = 0.95, side: Side = "both") -> Estimate:
    """Estimate the ratio from the log-ratios of pairs, log(other) - log(base).

    Raises:
        BadSample: a log-ratio is not finite, or there is none.
        TooFew: not even the widest interval has the confidence; 95 % needs 6 pairs, 5 for one side.
    """
    values = _finite(log_ratios)
    tail = _tail(confidence, side)
    n = values.size
    if signed_rank.smallest_p(n) > tail * _SLACK:
        raise TooFew(
            f"{n} pairs give at most {1 - 0.5**n * _sides(side):.4g} confidence, {confidence:.4g} was asked for; "
            f"measure at least {ceil(log2(1 / tail))} pairs"
        )
    first, second = np.triu_indices(n)
    walsh = np.sort((values[first] + values[second]) / 2)
    return _estimate(walsh, *_cut(signed_rank.null_distribution(np.arange(1, n + 1)), tail), side)


def from_groups(
    base_logs: Sequence[float], other_logs: Sequence[float], confidence: float = 0.95, side: Side = "both"
) -> Estimate:
    """Estimate the ratio of two independent samples from the logarithms of their values.

    Raises:
        BadSample: a logarithm is not finite, or a sample is empty.
        TooFew: not even the widest interval has the confidence; 95 % needs 4 against 4 values.
    """
    base, other = _finite(base_logs), _finite(other_logs)
    tail = _tail(confidence, side)
    m, n = sorted((base.size, other.size))
    smallest = rank_sum.smallest_p(m, n)
    if smallest > tail * _SLACK:
        raise TooFew(
            f"{base.size} against {other.size} processes give at most {1 - smallest * _sides(side):.4g} confidence, "
            f"{confidence:.4g} was asked for; measure at least {_enough(tail)} on each side"
        )
    shifts = np.sort((other[:, None] - base[None, :]).ravel())
    return _estimate(shifts, *_cut_u(m, n, tail), side)


def point_from_pairs(log_ratios: Sequence[float]) -> float:
    """Return the paired ratio alone, for any number of pairs."""
    values = _finite(log_ratios)
    first, second = np.triu_indices(values.size)
    return exp(float(np.median((values[first] + values[second]) / 2)))


def point_from_groups(base_logs: Sequence[float], other_logs: Sequence[float]) -> float:
    """Return the ratio of two independent samples alone, for any number of values."""
    return exp(float(np.median(_finite(other_logs)[:, None] - _finite(base_logs)[None, :])))


def _estimate(ordered: NDArray[np.float64], cut: int, missed: float, side: Side) -> Estimate:
    """Take the ends that lie `cut` values deep; `missed` is the chance that the truth lies beyond one of them."""
    low = exp(float(ordered[cut - 1])) if side != "upper" else 0.0
    high = exp(float(ordered[ordered.size - cut])) if side != "lower" else inf
    return Estimate(exp(float(np.median(ordered))), low, high, 1 - missed * _sides(side))


def _cut(chances: NDArray[np.float64], tail: float) -> tuple[int, float]:
    """Return the largest cut with P(T <= cut - 1) <= tail under the null distribution, and that probability."""
    outside = np.cumsum(chances)
    cut = int(np.searchsorted(outside, tail * _SLACK, side="right"))
    return cut, float(outside[cut - 1])


@cache
def _cut_u(m: int, n: int, tail: float) -> tuple[int, float]:
    """Return cut and probability for u of m against n untied values, by normal theory where exact takes seconds."""
    scores = np.arange(m + n)
    if rank_sum.is_bearable(scores, m):
        least = m * (m - 1) // 2  # u is the rank sum moved to start at zero
        return _cut(rank_sum.null_distribution(scores, m)[least:], tail)
    normal = NormalDist(m * n / 2, sqrt(m * n * (m + n + 1) / 12))
    cut = max(1, int(normal.inv_cdf(tail) - 0.5) + 1)
    return cut, normal.cdf(cut - 0.5)


def _finite(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0 or not np.isfinite(array).all():
        raise BadSample("the logarithms must be a row of at least one finite number")
    return array


def _tail(confidence: float, side: Side) -> float:
    if not 0 < confidence < 1:
        raise BadSample(f"confidence {confidence} is not between 0 and 1; 0.95 is usual")
    return (1 - confidence) / _sides(side)


def _sides(side: Side) -> int:
    return 2 if side == "both" else 1


def _enough(tail: float) -> int:
    size = 1
    while rank_sum.smallest_p(size, size) > tail * _SLACK:
        size += 1
    return size
