"""A function of numpy's, at several sizes."""

from __future__ import annotations

import numpy as np


def order(size):
    """Return a number that depends on the order of so many random ones."""
    return float(np.sort(np.random.default_rng(size).standard_normal(size))[:: max(1, size // 100)].sum())


def sizes():
    """Return sizes from a hundred to a million, more of the small ones."""
    each = ((100, 900), (1_000, 600), (10_000, 150), (100_000, 15), (1_000_000, 2))
    return [size for size, times in each for _ in range(times)]
