"""Bootstrap intervals over processes: rows are drawn with replacement, never single values.

Values of one process are drawn or left out together (cluster bootstrap), because they are not independent. Below
`NARROW_ROWS` rows such intervals are known to be too narrow, and say so.

Sources: B. Efron, R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapters 13 (percentile) and 14 (BCa);
A. C. Davison, D. V. Hinkley, "Bootstrap methods and their application", 1997, section 3.8 (hierarchical data).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample, TooFew

RESAMPLES = 2000
"""Draws per interval: twice as many move an end by about 2 % of the interval's width, and take twice as long."""

NARROW_ROWS = 10
"""Rows below which an interval covers visibly less than it claims."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A bootstrap interval.

    Attributes:
        estimate: the statistic of the sample itself.
        low: lower end.
        high: upper end.
        confidence: the confidence asked for.
        narrow: whether there were so few rows that the interval is likely too narrow.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    narrow: bool


def interval(
    rows: Sequence[Sequence[float]] | Sequence[float] | Array,
    statistic: Callable[[Array], Array],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
    method: Literal["percentile", "bca"] = "percentile",
) -> Interval:
    """Return a bootstrap interval of a statistic of the rows.

    Args:
        rows: one entry per process: a number each, or a row of equally many numbers each.
        statistic: maps an array of shape (draws, processes) or (draws, processes, values) to one of shape (draws,).
        confidence: of the two-sided interval.
        resamples: number of draws.
        seed: starts the generator; the same seed gives the same interval.
        method: `bca` corrects bias and skewness by a jackknife, which matters for few rows.

    Raises:
        TooFew: fewer than two rows.
        BadSample: rows of unequal length, or a number that is not finite.
    """
    try:
        data = np.asarray(rows, dtype=np.float64)
    except ValueError:
        raise BadSample("the rows differ in length; give one number per process, or equally many") from None
    if data.ndim not in (1, 2) or not np.isfinite(data).all():
        raise BadSample("the rows must hold finite numbers, one or equally many per process")
    if len(data) < 2:
        raise TooFew(f"{len(data)} process gives no interval; measure at least 2, better {NARROW_ROWS}")
    picked = indexes(len(data), resamples, np.random.default_rng(seed))
    draws = np.sort(statistic(data[picked]))
    estimate = float(statistic(data[None])[0])
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    if method == "bca":
        left = np.array([np.delete(data, i, axis=0) for i in range(len(data))])
        tails = _corrected(tails, draws, estimate, statistic(left))
    low, high = (float(end) for end in np.quantile(draws, tails))
    return Interval(estimate, low, high, confidence, len(data) < NARROW_ROWS)


def indexes(rows: int, resamples: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return row numbers drawn with replacement, shape (resamples, rows)."""
    return generator.integers(0, rows, size=(resamples, rows))


def median_draws(groups: Sequence[Sequence[float]], resamples: int, seed: int) -> Array:
    """Return the medians of resampled groups, shape (resamples, groups); each group is drawn by itself."""
    generator = np.random.default_rng(seed)
    columns = []
    for group in groups:
        data = np.asarray(group, dtype=np.float64)
        columns.append(np.median(data[indexes(data.size, resamples, generator)], axis=1))
    return np.stack(columns, axis=1)


def _corrected(tails: tuple[float, float], draws: Array, estimate: float, left: Array) -> tuple[float, float]:
    """Move the tail probabilities by bias and acceleration (Efron and Tibshirani, equation 14.10)."""
    normal = NormalDist()
    # Half of the ties count as below; the margin keeps the quantile finite when all draws lie on one side.
    share = float(np.mean(draws < estimate) + np.mean(draws == estimate) / 2)
    bias = normal.inv_cdf(min(max(share, 0.5 / draws.size), 1 - 0.5 / draws.size))
    pull = left.mean() - left
    spread = float((pull**2).sum())
    acceleration = float((pull**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    ends = []
    for tail in tails:
        z = bias + normal.inv_cdf(tail)
        ends.append(normal.cdf(bias + z / (1 - acceleration * z)))
    return ends[0], ends[1]
