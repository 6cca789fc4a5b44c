"""What a message costs: a fixed part and a part per byte, and the size from which one channel is cheaper than another.

The model is the postal one of message passing, time = alpha + beta * bytes (R. W. Hockney, "The communication challenge
for MPP: Intel Paragon and Meiko CS-2", Parallel Computing 20(3), 1994). A Connection of multiprocessing joins header
and content into one write up to 16 KiB and makes two writes beyond (CPython, Lib/multiprocessing/connection.py,
`_send_bytes`), so that both parts change there: smaller and larger messages have a line each.

Errors are relative: times span five orders of magnitude, and unweighted squares would see the largest message only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample, TooFew

Points = Sequence[tuple[int, float]]
"""What was measured: (bytes of content, seconds per message)."""

BREAK_BYTES = 2**14
"""The largest content that a Connection sends in one write."""


@dataclass(frozen=True, slots=True)
class Line:
    """time = alpha_s + beta_s * bytes, for messages of low_bytes to high_bytes.

    Attributes:
        alpha_s: seconds that every message costs; not negative.
        beta_s: seconds that every byte adds; not negative.
        low_bytes: the smallest size the line was fitted to.
        high_bytes: the largest one.
        error: the largest relative distance of a time from the line, as a fraction of that time.
    """

    alpha_s: float
    beta_s: float
    low_bytes: int
    high_bytes: int
    error: float


def fit_transfer(
    sizes: Sequence[int], times_s: Sequence[float], break_bytes: int | None = BREAK_BYTES
) -> tuple[Line, ...]:
    """Fit what messages cost to what was measured: one line, or two that meet at the break, by size.

    Args:
        sizes: bytes of content, at least two different ones; a size may occur more than once.
        times_s: seconds per message, one for each size.
        break_bytes: the largest size of the first line; None is for channels without a break. Where fewer than two
            different sizes lie on either side, there is one line for all.

    Raises:
        TooFew: there are not two different sizes.
        BadSample: sizes and times differ in number, a size is negative, or a time is not positive and finite.
    """
    x, y = np.asarray(sizes, dtype=float), np.asarray(times_s, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise BadSample(f"{x.size} sizes and {y.size} times do not belong together.")
    if x.size and (x.min() < 0 or not np.isfinite(y).all() or y.min() <= 0):
        raise BadSample("sizes must not be negative, and times must be positive and finite.")
    if len(set(sizes)) < 2:
        raise TooFew(f"a line needs messages of two different sizes at least; there are {len(set(sizes))}.")
    small = x <= (np.inf if break_bytes is None else break_bytes)
    parts = [part for part in (small, ~small) if part.any()]
    if len(parts) == 2 and min(len(np.unique(x[part])) for part in parts) < 2:
        parts = [np.ones_like(small)]
    return tuple(_fit_line(x[part], y[part]) for part in parts)


def _fit_line(x: NDArray[np.float64], y: NDArray[np.float64]) -> Line:
    """Least squares of (time - line) / time, with neither part negative.

    With two parameters the bounds are simple: if the free optimum breaks one, the best lies on one of the two edges.
    Dividing by the time turns each row into (1 / y, x / y) with the right-hand side 1.
    """
    rows = np.stack([1 / y, x / y], axis=1)
    # Sizes and times differ by orders of magnitude; columns of like length keep the system well conditioned.
    scale = np.linalg.norm(rows, axis=0)
    scale[scale == 0] = 1.0
    free = np.linalg.lstsq(rows / scale, np.ones(len(y)), rcond=None)[0] / scale
    candidates = [free] if free.min() >= 0 else [_edge(rows, 0), _edge(rows, 1)]
    alpha, beta = min(candidates, key=lambda each: float(((rows @ each - 1) ** 2).sum()))
    error = float(np.abs(rows @ np.array([alpha, beta]) - 1).max())
    return Line(float(alpha), float(beta), int(x.min()), int(x.max()), error)


def _edge(rows: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Return the optimum in which only one parameter is not zero."""
    kept = rows[:, column]
    found = np.zeros(2)
    found[column] = kept.sum() / (kept @ kept) if kept.any() else 0.0
    return found


def crossing(first: Points, second: Points) -> int | None:
    """Return the size in bytes from which on the second channel was cheaper wherever both were measured.

    It follows from the times themselves and not from lines fitted to them: where two channels cost nearly the same, the
    error of a line is larger than what lies between them. From the last common size at which the second was not cheaper
    to the next one, both are taken as straight. The answer is the smallest common size when the second was cheaper
    throughout, and None when it was not at the largest one, or when there is no common size.

    Args:
        first: (bytes of content, seconds per message); where a size occurs more than once, its median time counts.
        second: the same of the other channel.
    """
    here, there = _medians(first), _medians(second)
    saved_s = [(size, here[size] - there[size]) for size in sorted(here.keys() & there.keys())]
    if not saved_s or saved_s[-1][1] <= 0:
        return None
    for (low, lost), (high, won) in reversed(list(pairwise(saved_s))):
        if lost <= 0:
            return min(high, floor(low + (high - low) * lost / (lost - won)) + 1)
    return saved_s[0][0]


def _medians(points: Points) -> dict[int, float]:
    return {size: median(time for other, time in points if other == size) for size, _ in points}
