"""The sign-flip permutation test: whether the mean of paired differences is above zero.

Under no difference each pair's sign is a fair coin. All 2^n patterns are visited while that is cheap; beyond, seeded
random patterns are drawn, and the observed one is counted among them, so that the p-value stays valid and never zero.

Sources: R. A. Fisher, "The design of experiments", 1935, section 21; B. Phipson, G. K. Smyth, "Permutation p-values
should never be zero", 2010, for (b + 1) / (m + 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample

EXACT_PAIRS = 20
"""Pairs up to which all patterns are visited: 2 ** 20 sums take 8 MB and some 10 ms; each more pair doubles both."""

_BLOCK = 1_000_000
"""Signs drawn at a time, which bounds the memory of the random version to a few megabytes."""


@dataclass(frozen=True, slots=True)
class SignFlip:
    """Outcome of the sign-flip test.

    Attributes:
        mean: mean of the differences.
        p_greater: probability of a mean at least as large.
        exact: whether all patterns were visited.
        patterns: number of patterns looked at.
    """

    mean: float
    p_greater: float
    exact: bool
    patterns: int


def compare(differences: Sequence[float], *, patterns: int = 100_000, seed: int = 0) -> SignFlip:
    """Test paired differences for a mean above zero.

    Args:
        differences: one per pair, any unit.
        patterns: random sign patterns to draw when there are more than `EXACT_PAIRS` pairs.
        seed: starts the generator of those patterns; the same seed gives the same p-value.

    Raises:
        BadSample: there is no difference, or one is not finite.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise BadSample("the differences must be a row of at least one finite number")
    sizes = np.abs(values)
    # Sums that are equal in theory differ in their last bits; counting those as reached can only raise the p-value.
    reached = float(values.sum()) - 1e-12 * float(sizes.sum())
    mean = float(values.mean())
    if values.size <= EXACT_PAIRS:
        sums = np.zeros(1)
        for size in sizes:
            sums = np.concatenate((sums - size, sums + size))
        return SignFlip(mean, float(np.mean(sums >= reached)), True, int(sums.size))
    hits = _random_hits(sizes, reached, patterns, np.random.default_rng(seed))
    return SignFlip(mean, (hits + 1) / (patterns + 1), False, patterns)


def _random_hits(sizes: NDArray[np.float64], reached: float, patterns: int, generator: np.random.Generator) -> int:
    """Count random sign patterns whose sum reaches the limit."""
    hits, left = 0, patterns
    rows = max(1, _BLOCK // sizes.size)
    while left > 0:
        drawn = min(rows, left)
        signs = generator.integers(0, 2, size=(drawn, sizes.size), dtype=np.int8) * 2 - 1
        hits += int(np.count_nonzero(signs @ sizes >= reached))
        left -= drawn
    return hits
