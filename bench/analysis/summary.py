"""The least value and the median of each process of a sample.

A sample is a matrix of seconds per operation: one row per process, one column per value. Rows may differ in length.
A process, not a value, is the unit of every later analysis, because values inside one process share its memory
layout, its hash seed and its moment (Kalibera and Jones, "Rigorous benchmarking in reasonable time", 2013). Noise of
work that keeps all cores busy only ever adds time, so the minimum is what locates a process (Chen and Revels, "Robust
benchmarking in noisy environments", 2016); the median stands beside it, because a minimum hides intermittent stalls.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample

LEAST, MOST = 1e-150, 1e150
"""What can be compared. Beyond these, quotients and sums of values no longer fit into a float."""


def rows_of(samples: Sequence[Sequence[float]]) -> list[NDArray[np.float64]]:
    """Return the rows as arrays, after checking that every value is a time that can be compared.

    Raises:
        BadSample: there is no row, a row is empty, or a value is zero, negative, not finite, or beyond `MOST`.
    """
    rows = [np.asarray(row, dtype=np.float64) for row in samples]
    if not rows:
        raise BadSample("the sample has no process; at least one row of values is needed")
    for number, row in enumerate(rows):
        if row.ndim != 1 or row.size == 0:
            raise BadSample(f"process {number} has shape {row.shape}; each needs a row of at least one value")
        wrong = row[~((row >= LEAST) & (row <= MOST))]
        if wrong.size:
            raise BadSample(
                f"process {number} holds the value {wrong[0]}; only finite times above zero can be compared, "
                f"from {LEAST:g} to {MOST:g}"
            )
    return rows


def minima(samples: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return the minimum of each process."""
    return np.array([row.min() for row in rows_of(samples)])


def medians(samples: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Return the median of each process."""
    rows = rows_of(samples)
    if len({row.size for row in rows}) == 1:  # as they mostly are; one call in place of many
        return np.asarray(np.median(np.stack(rows), axis=1))
    return np.array([np.median(row) for row in rows])
