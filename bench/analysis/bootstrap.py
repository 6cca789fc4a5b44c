"""Bootstrap draws of medians: processes are drawn with replacement, never single values.

Values of one process are drawn or left out together (cluster bootstrap), because they are not independent: each process
is one number here. Below `NARROW_ROWS` of them intervals from such draws are known to be too narrow.

Sources: B. Efron, R. J. Tibshirani, "An introduction to the bootstrap", 1993, chapter 13;
A. C. Davison, D. V. Hinkley, "Bootstrap methods and their application", 1997, section 3.8 (hierarchical data).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
"""Draws per interval: twice as many move an end by about 2 % of the interval's width, and take twice as long."""

NARROW_ROWS = 10
"""Processes below which an interval covers visibly less than it claims."""

Array = NDArray[np.float64]


def median_draws(groups: Sequence[Sequence[float]], resamples: int, seed: int) -> Array:
    """Return the medians of resampled groups, shape (resamples, groups); each group is drawn by itself."""
    generator = np.random.default_rng(seed)
    columns = []
    for group in groups:
        data = np.asarray(group, dtype=np.float64)
        picked = generator.integers(0, data.size, size=(resamples, data.size))
        columns.append(np.median(data[picked], axis=1))
    return np.stack(columns, axis=1)
