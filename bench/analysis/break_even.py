"""Break-even: from how many tasks or batches on something that is paid for once beats what is paid for each time.

A lifecycle's cost is a line over their number: what making and ending its workers costs, and what each task or batch
adds. A reused pool has a high start and a low slope, a process per task the opposite; where the lines cross, the pool
begins to pay.

Source of the line: H. Theil, "A rank-invariant method of linear and polynomial regression analysis", 1950, and
P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968: the median of the slopes of all
pairs, which one disturbed measurement cannot move far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import floor, isfinite
from statistics import median

from bench.analysis.errors import BadSample, TooFew


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of n tasks or batches: fixed_s + n * each_s, in seconds."""

    fixed_s: float
    each_s: float

    def seconds(self, number: int) -> float:
        """Return the cost of so many."""
        return self.fixed_s + number * self.each_s


def cost(points: Sequence[tuple[int, float]]) -> Cost:
    """Return the line through measured (number, seconds in all).

    Nothing costs less than nothing to make: a line that begins below zero is replaced by one that begins at zero, with
    the median time of each.

    Raises:
        TooFew: fewer than two different numbers were measured.
        BadSample: a time is not finite or below zero, or a number is below 1.
    """
    for number, seconds in points:
        if number < 1 or not isfinite(seconds) or seconds < 0:
            raise BadSample(f"{seconds} s for {number} of them cannot be used; measure at least 1, in a time from 0 on")
    slopes = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in combinations(points, 2) if x0 != x1]
    if not slopes:
        raise TooFew(
            f"{len({number for number, _ in points})} different numbers make no line; measure at least 2 of them"
        )
    each_s = median(slopes)
    fixed_s = median(seconds - number * each_s for number, seconds in points)
    return Cost(fixed_s, each_s) if fixed_s >= 0 else Cost(0.0, median(seconds / number for number, seconds in points))


def break_even(reused: Cost, renewed: Cost) -> int | None:
    """Return the smallest number from which on ``reused`` costs less than ``renewed``.

    It is 1 when it always does, and None when no number is large enough.
    """
    saved_s = renewed.each_s - reused.each_s
    ahead_s = renewed.fixed_s - reused.fixed_s
    if saved_s <= 0:
        return 1 if saved_s == 0 and ahead_s > 0 else None
    return max(1, floor(-ahead_s / saved_s) + 1)
