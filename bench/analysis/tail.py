"""The second look: what a typical time hides, by the means and the upper quantiles of head against base.

The Hodges-Lehmann ratio is blind for a tenth of the values that take twice as long. The ratio of the means is not, and
its upper bound is that of a ratio estimator: per pair the difference of both sides, each divided by its mean, and
Student's t over pairs. A bound for the mean sees no slow value that never occurred: of a tail that is rarer than three
in the values of a gate nothing can be known, since none of it shows in one gate of twenty (exp(-3) = 5 %).

Sources: W. G. Cochran, "Sampling techniques", 1977, section 6.4 (variance of a ratio); G. W. Hill, "Student's
t-quantiles", 1970, and M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions", 1964, 26.7.5 (the expansion
of t in terms of the normal quantile); J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all right?",
1983 (the rule of three).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.analysis import hodges_lehmann, signed_rank
from bench.analysis.evidence import ONE_SIDED

UPPER = 0.9
"""The quantile that is compared: of 16 values the mean of the second and the third largest, so one spike is no tail."""

_FEWEST = 4  # pairs for a bound of the mean; below, t is so wide that the bound says nothing


@dataclass(frozen=True, slots=True)
class Tail:
    """Means and upper quantiles of head against base.

    Attributes:
        mean: mean of head divided by mean of base.
        mean_upper: its one-sided upper 95 % bound, or none if there are too few pairs.
        mean_error: standard error of the logarithm of `mean`; 0 where there is no bound.
        upper: Hodges-Lehmann ratio of the 90 % quantiles of the processes.
        p_upper: exact p-value against "the quantiles of head are not larger".
    """

    mean: float
    mean_upper: float | None
    mean_error: float
    upper: float
    p_upper: float


def look(base: Sequence[Sequence[float]], head: Sequence[Sequence[float]]) -> Tail:
    """Return the second look at pairs of processes, each a row of values."""
    base_means, head_means = (_each(rows, np.mean) for rows in (base, head))
    ratio = float(head_means.sum() / base_means.sum())
    rests = head_means / head_means.mean() - base_means / base_means.mean()
    count = len(rests)
    error = float(rests.std(ddof=1)) / sqrt(count) if count >= _FEWEST else 0.0
    logs = np.subtract(*(np.log(_each(rows, partial(np.quantile, q=UPPER))) for rows in (head, base))).tolist()
    return Tail(
        mean=ratio,
        mean_upper=exp(log(ratio) + student(ONE_SIDED, count - 1) * error) if count >= _FEWEST else None,
        mean_error=error,
        upper=hodges_lehmann.point_from_pairs(logs),
        p_upper=signed_rank.compare(logs).p_greater,
    )


def _each(rows: Sequence[Sequence[float]], statistic: Callable[..., Any]) -> NDArray[np.float64]:
    """Return the statistic of each row, of all at once where they are equally long."""
    if len({len(row) for row in rows}) == 1:
        return np.asarray(statistic(np.asarray(rows, dtype=float), axis=1))
    return np.array([statistic(np.asarray(row, dtype=float)) for row in rows])


def student(probability: float, freedom: int) -> float:
    """Return the quantile of Student's t; from three degrees of freedom on within 1 % at 95 %."""
    z: float = NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))
