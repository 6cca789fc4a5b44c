"""The signed-rank test for paired differences, exact for any n, with ties and zeros.

If base and head do not differ, each difference is as likely positive as negative. The test therefore keeps the absolute
differences as they are, lets all 2^n sign patterns be equally likely, and asks how often the ranks of the positive
ones sum to at least what was seen.

Ties share the mean of their ranks. Zeros are ranked together with the rest and then dropped (Pratt): discarding them
first, as Wilcoxon did, can turn a result significant by making the data *less* extreme. Both treatments are valid,
because both condition on the absolute differences.

Sources: F. Wilcoxon, "Individual comparisons by ranking methods", 1945; J. W. Pratt, "Remarks on zeros and ties in the
Wilcoxon signed rank procedures", 1959; the convolution that builds the null distribution: M. Hollander, D. Wolfe,
E. Chicken, "Nonparametric statistical methods", 2013, section 3.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Outcome of the signed-rank test.

    Attributes:
        statistic: sum of the midranks of the positive differences.
        n: number of differences, zeros included.
        nonzero: number of differences that are not zero; no p-value can be smaller than 2 ** -nonzero.
        p_greater: probability of a statistic at least as large, if there is no difference.
        p_less: probability of a statistic at least as small.
        p_two_sided: twice the smaller of both, at most 1.
    """

    statistic: float
    n: int
    nonzero: int
    p_greater: float
    p_less: float
    p_two_sided: float


def compare(differences: Sequence[float]) -> SignedRank:
    """Test paired differences (any unit, one per pair) for a shift away from zero.

    Raises:
        BadSample: there is no difference, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise BadSample(f"the differences have shape {values.shape}; a row of at least one is needed")
    if not np.isfinite(values).all():
        raise BadSample("a difference is not finite; times must be finite and above zero")
    nonzero = values != 0
    doubled = doubled_midranks(np.abs(values))[nonzero]
    observed = int(doubled[values[nonzero] > 0].sum())
    if doubled.size == 0:
        return SignedRank(0.0, int(values.size), 0, 1.0, 1.0, 1.0)
    unit = int(np.gcd.reduce(doubled))
    chances = null_distribution(doubled // unit)
    at_least = float(min(1.0, chances[observed // unit :].sum()))
    at_most = float(min(1.0, chances[: observed // unit + 1].sum()))
    return SignedRank(
        statistic=observed / 2,
        n=int(values.size),
        nonzero=int(nonzero.sum()),
        p_greater=at_least,
        p_less=at_most,
        p_two_sided=min(1.0, 2 * min(at_least, at_most)),
    )


def smallest_p(n: int) -> float:
    """Return the smallest one-sided p-value that n pairs can reach: all differences on one side, 2 ** -n."""
    return 0.5**n


def doubled_midranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return twice the rank of each value, ties sharing the mean of their ranks; doubling keeps them whole numbers."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((2 * last - counts + 1)[inverse], dtype=np.int64)


def null_distribution(scores: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the chances of each sum 0 .. sum(scores) when every score is taken with probability one half.

    Halving and adding is exact in binary floating point up to 53 scores; beyond, the relative error of every entry
    stays below n * 2 ** -52, because nothing is ever subtracted.
    """
    chances = np.zeros(int(scores.sum()) + 1)
    chances[0] = 1.0
    reached = 0
    for score in scores:
        step = int(score)
        chances[: reached + 1] *= 0.5
        taken = chances[: reached + 1].copy()
        chances[step : step + reached + 1] += taken
        reached += step
    return chances
