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
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bench.analysis.errors import BadSample, TooFew

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

    def at(self, size_bytes: float) -> float:
        """Return the time of a message, in seconds."""
        return self.alpha_s + self.beta_s * size_bytes


@dataclass(frozen=True, slots=True)
class Transfer:
    """What a channel's messages cost.

    Attributes:
        lines: one line, or two that meet at the break; by size.
        break_bytes: the largest size of the first line, if there are two.
    """

    lines: tuple[Line, ...]
    break_bytes: int

    @property
    def low_bytes(self) -> int:
        """The smallest size that was measured."""
        return self.lines[0].low_bytes

    @property
    def high_bytes(self) -> int:
        """The largest size that was measured."""
        return self.lines[-1].high_bytes

    def line(self, size_bytes: float) -> Line:
        """Return the line that a size belongs to."""
        return self.lines[0] if size_bytes <= self.break_bytes else self.lines[-1]

    def at(self, size_bytes: float) -> float:
        """Return the time of a message, in seconds."""
        return self.line(size_bytes).at(size_bytes)


def fit_transfer(sizes: Sequence[int], times_s: Sequence[float], break_bytes: int | None = BREAK_BYTES) -> Transfer:
    """Fit what messages cost to what was measured.

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
    return Transfer(tuple(_fit_line(x[part], y[part]) for part in parts), break_bytes or 0)


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


def crossing(first: Transfer, second: Transfer) -> int | None:
    """Return the size in bytes from which the second channel is cheaper, and stays so up to the largest size.

    Only sizes that both were measured at are looked at: the answer is the smallest of them when the second channel is
    cheaper throughout, and None when it is not cheaper at the largest one, or when there is no common size.
    """
    low, high = max(first.low_bytes, second.low_bytes), min(first.high_bytes, second.high_bytes)
    if low > high or second.at(high) >= first.at(high):
        return None
    breaks = {part.break_bytes for part in (first, second) if len(part.lines) == 2 and low <= part.break_bytes < high}
    # Spans within which both are straight, from the largest sizes down; a break belongs to the span below it.
    starts = [low, *sorted(size + 1 for size in breaks)]
    ends = [*(start - 1 for start in starts[1:]), high]
    reached = low
    for start, end in zip(reversed(starts), reversed(ends), strict=True):
        if second.at(end) >= first.at(end):
            return reached
        if second.at(start) >= first.at(start):
            here, there = first.line(end), second.line(end)
            meeting = (there.alpha_s - here.alpha_s) / (here.beta_s - there.beta_s)
            return min(end, max(start, ceil(meeting)))
        reached = start
    return low
