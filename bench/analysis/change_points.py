"""Where a series of times changes its level, told apart from noise whose neighbours are alike.

A series of logarithms is modelled as a level plus noise of first order: ``e[i] = r e[i-1] + w[i]`` with independent
normal ``w``. For each place a step is fitted by generalised least squares (the transformation of Prais and Winsten),
``r`` taken from a grid by maximum likelihood, once with the step and once without. Twice the difference of the
log-likelihoods, at its greatest over all places, is held against limits that were found by simulation; what is found
divides the series, and both halves are searched again (binary segmentation).

A steady drift or a fast machine's slow nights are alike from point to point, and so are steps: below about fifty
points nothing can tell them apart for certain. Hence two limits. `SURE` is passed by at most 1 % of all series of up
to 100 points without a change, be their noise independent or alike with r = 0.5. `LIKELY` finds 95 % of the steps of
2.5 standard deviations with ten points on each side; of the series without a change it is passed by 5 % where noise is
independent, and by up to 16 % where r = 0.5. ``python -m tests.audit.change_points`` prints these rates.

Sources: S. J. Prais, C. B. Winsten, "Trend estimators and serial correlation", 1954; J. Chen, A. K. Gupta,
"Parametric statistical change point analysis", 2012 (likelihood ratio); A. J. Scott, M. Knott, "A cluster analysis
method for grouping means in the analysis of variance", 1974 (binary segmentation).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from bench.analysis.errors import BadSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE = 15.8
LIKELY = 8.9
LEAST = 3
"""Points on each side of a change: with fewer, one bad night would be a change."""

_ALIKE = tuple(step / 10 for step in range(9))  # r of the noise; beyond 0.8 a level cannot be told from a drift
_EXACT = 1e-12  # of the variance: below it the fit is exact, and what is left is the rounding of floats
_ENDS = 1.96  # standard errors to each end of a 95 % interval


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level.

    Attributes:
        at: index of the first point that has the new level.
        ratio: new level / old level.
        low: lower end of the 95 % interval of the ratio, given the place.
        high: upper end.
        sure: whether noise alone passes for such a change in at most 1 % of all series.
    """

    at: int
    ratio: float
    low: float
    high: float
    sure: bool


@dataclass(frozen=True, slots=True)
class _Step:
    at: int
    excess: float
    height: float
    error: float


def changes(seconds: Sequence[float]) -> tuple[Change, ...]:
    """Return the changes of level of a series of times, in their order.

    Raises:
        BadSample: a time is not finite and above zero.
    """
    if not all(isfinite(value) and value > 0 for value in seconds):
        raise BadSample("times must be finite numbers above zero")
    levels = np.log(np.asarray(seconds, dtype=np.float64))
    places = _search(levels, 0)
    bounds = [0, *(place for place, _ in places), len(seconds)]
    found = []
    for (place, sure), before, after in zip(places, bounds, bounds[2:], strict=False):
        # Between its neighbours, and no further, a change is one step.
        step = _step_at(levels[before:after], place - before)
        ends = (step.height - _ENDS * step.error, step.height + _ENDS * step.error)
        found.append(Change(place, exp(step.height), exp(ends[0]), exp(ends[1]), sure))
    return tuple(found)


def excess(levels: Sequence[float]) -> float:
    """Return twice the gain of log-likelihood by the best step in a series of logarithms; -inf if it is too short."""
    best = _best(np.asarray(levels, dtype=np.float64))
    return -inf if best is None else best.excess


def _search(levels: NDArray[np.float64], start: int) -> list[tuple[int, bool]]:
    best = _best(levels)
    if best is None or best.excess <= LIKELY:
        return []
    before, after = levels[: best.at], levels[best.at :]
    here = (start + best.at, best.excess > SURE)
    return [*_search(before, start), here, *_search(after, start + best.at)]


def _best(levels: NDArray[np.float64]) -> _Step | None:
    places = np.arange(LEAST, len(levels) - LEAST + 1)
    if not len(places) or not np.ptp(levels):
        return None
    return max(_steps(levels, places), key=lambda step: step.excess)


def _step_at(levels: NDArray[np.float64], place: int) -> _Step:
    return _steps(levels, np.asarray([place]))[0]


def _steps(levels: NDArray[np.float64], places: NDArray[np.intp]) -> list[_Step]:
    """Fit a step at each of the places, for each ``r``; keep what is most likely."""
    count = len(levels)
    centred = levels - levels.mean()
    floor = _EXACT * float(centred @ centred)
    without = -inf
    found = [_Step(int(place), -inf, 0.0, 0.0) for place in places]
    for alike in _ALIKE:
        first = sqrt(1 - alike**2)
        noise = np.concatenate(([first * centred[0]], centred[1:] - alike * centred[:-1]))
        level = np.concatenate(([first], np.full(count - 1, 1 - alike)))
        own, shared, squares = level @ level, level @ noise, noise @ noise
        flat = max(squares - shared**2 / own, floor)
        bonus = log(first)
        without = max(without, bonus - count / 2 * log(flat))
        # A step is 0 before its place; in transformed terms 1 at it, and 1 - r behind it.
        behind = np.append(np.cumsum(noise[::-1])[::-1], 0.0)[places + 1]
        length = count - 1 - places
        with_noise = noise[places] + (1 - alike) * behind
        with_level = (1 - alike) + (1 - alike) ** 2 * length
        with_itself = 1 + (1 - alike) ** 2 * length - with_level**2 / own
        heights = (with_noise - with_level * shared / own) / with_itself
        left = np.maximum(flat - heights**2 * with_itself, floor)
        likely = bonus - count / 2 * np.log(left)
        errors = np.sqrt(left / max(1, count - 2) / with_itself)
        for index, (gain, height, error) in enumerate(zip(likely, heights, errors, strict=True)):
            if gain > found[index].excess:
                found[index] = _Step(found[index].at, float(gain), float(height), float(error))
    return [_Step(step.at, 2 * (step.excess - without), step.height, step.error) for step in found]
