"""METG: the smallest task that a backend still runs at half of the possible speed.

The number of tasks stays, their size is swept over powers of two. Granularity is wall time x cores / tasks, overhead
included; efficiency is the time that the pure work would take on all cores, divided by the wall time. METG(50 %) is the
smallest granularity with at least 50 % efficiency, moved by linear interpolation towards the next smaller task size.

The refusals are those of the authors' own script (chart_metg.py of Task Bench): no point above the threshold, none
below, an efficiency above 1.5. The interval, which the script lacks, comes from drawing processes with replacement.

Source: E. Slaughter et al., "Task Bench: a parameterized benchmark for evaluating parallel runtime performance", SC20,
2020, section IV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf

import numpy as np

from bench.analysis.bootstrap import NARROW_ROWS, RESAMPLES, Array, median_draws
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.estimator import LEAST_PROCESSES

IMPOSSIBLE = 1.5
"""Efficiency above which the serial time or the clock must be wrong."""


@dataclass(frozen=True, slots=True)
class Level:
    """One task size of the sweep.

    Attributes:
        tasks: number of tasks, the same at every level.
        baseline_s: seconds of all tasks in the serial loop, one number (the minimum) per process.
        wall_s: seconds of all tasks in the backend, one number per process.
    """

    tasks: int
    baseline_s: tuple[float, ...]
    wall_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Grain:
    """One level as the curve shows it.

    Attributes:
        granularity_s: seconds per task and worker, overhead included.
        efficiency: 1 is perfect.
        level: its index among the levels that were given.
    """

    granularity_s: float
    efficiency: float
    level: int


@dataclass(frozen=True, slots=True)
class Metg:
    """Minimum effective task granularity.

    Attributes:
        seconds: granularity at the threshold.
        low: lower end of its interval; none if it reaches below the smallest task, or a level has fewer than 4
            processes.
        high: upper end; none if it reaches above the largest task, or a level has fewer than 4 processes.
        threshold: efficiency asked for.
        confidence: of the interval.
        curve: all levels, smallest task first.
        narrow: whether so few processes were measured that the interval is likely too narrow.
    """

    seconds: float
    low: float | None
    high: float | None
    threshold: float
    confidence: float
    curve: tuple[Grain, ...]
    narrow: bool


def metg(
    levels: Sequence[Level],
    cores: int,
    *,
    threshold: float = 0.5,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Metg:
    """Return the minimum effective task granularity of a sweep.

    Args:
        levels: the task sizes, in any order.
        cores: workers that shared the tasks, each with a core of its own.
        threshold: efficiency that counts as effective.
        confidence: of the interval.
        resamples: bootstrap draws.
        seed: starts the bootstrap.

    Raises:
        TooFew: no level reaches the threshold, or none stays below it with a smaller task: measure larger or smaller
            tasks.
        BadSample: an efficiency above 1.5, unlike numbers of tasks, or a time that is not above zero.
    """
    _check(levels, cores, threshold)
    order = sorted(range(len(levels)), key=lambda index: float(np.median(levels[index].baseline_s)))
    groups = [times for index in order for times in (levels[index].baseline_s, levels[index].wall_s)]
    tasks = levels[0].tasks
    grain, efficiency = _curve(np.array([[float(np.median(group)) for group in groups]]), cores, tasks)
    if efficiency.max() > IMPOSSIBLE:
        raise BadSample(
            f"an efficiency of {efficiency.max():.2f} is above {IMPOSSIBLE}: serial and parallel run did not do the "
            "same work, or the machine changed between them; measure both in the same rounds"
        )
    seconds = float(_crossings(grain, efficiency, threshold)[0])
    if seconds == inf:
        raise TooFew(
            f"no task size reaches {threshold:.0%} efficiency (best {efficiency.max():.0%}); measure larger tasks"
        )
    if seconds == 0:
        raise TooFew(
            f"the smallest task still has {efficiency[0, 0]:.0%} efficiency, not below {threshold:.0%}; "
            "measure smaller tasks"
        )
    low, high = _interval(groups, cores, tasks, threshold, confidence, resamples, seed)
    curve = tuple(Grain(float(g), float(e), index) for g, e, index in zip(grain[0], efficiency[0], order, strict=True))
    narrow = min(len(group) for group in groups) < NARROW_ROWS
    return Metg(seconds, low, high, threshold, confidence, curve, narrow)


def _check(levels: Sequence[Level], cores: int, threshold: float) -> None:
    if len(levels) < 2:
        raise TooFew(f"{len(levels)} task sizes make no curve; measure at least 2, better 10 powers of two")
    if cores < 1 or not 0 < threshold < 1:
        raise BadSample(
            f"{cores} cores and a threshold of {threshold}: at least 1 core, and a threshold between 0 and 1"
        )
    counts = {level.tasks for level in levels}
    if len(counts) != 1 or min(counts) < 1:
        raise BadSample(
            f"the levels have {sorted(counts)} tasks; the number must be the same at every level, and not 0"
        )
    for level in levels:
        for times in (level.baseline_s, level.wall_s):
            if not times or not all(0 < time < inf for time in times):
                raise BadSample(f"times {times} cannot be used; each level needs finite times above zero")


def _curve(medians: Array, cores: int, tasks: int) -> tuple[Array, Array]:
    """Return granularity and efficiency, each (sets, levels), from medians in the order serial, wall, serial, ..."""
    baseline, wall = medians[:, 0::2], medians[:, 1::2]
    return wall * cores / tasks, baseline / (wall * cores)


def _crossings(grain: Array, efficiency: Array, threshold: float) -> Array:
    """Return the granularity at the threshold per set: infinity if no level reaches it, 0 if none lies below."""
    sets = np.arange(len(grain))
    reached = efficiency >= threshold
    chosen = np.where(reached, grain, inf).argmin(axis=1)
    below = np.maximum(chosen - 1, 0)
    x1, y1 = grain[sets, chosen], efficiency[sets, chosen]
    x0, y0 = grain[sets, below], efficiency[sets, below]
    # The next smaller task may take longer by noise; then the chosen point stands as it is.
    moves = (x0 < x1) & (y0 < threshold)
    slope = np.where(moves, (threshold - y0) / np.where(moves, y1 - y0, 1.0), 1.0)
    crossing = np.where(moves, x0 + slope * (x1 - x0), x1)
    crossing = np.where(chosen == 0, 0.0, crossing)
    return np.where(reached.any(axis=1), crossing, inf)


def _interval(
    groups: Sequence[Sequence[float]],
    cores: int,
    tasks: int,
    threshold: float,
    confidence: float,
    resamples: int,
    seed: int,
) -> tuple[float | None, float | None]:
    if min(len(group) for group in groups) < LEAST_PROCESSES:
        return None, None
    draws = np.sort(_crossings(*_curve(median_draws(groups, resamples, seed), cores, tasks), threshold))
    # Whole order statistics: a draw without a crossing is "smaller than all" (0) or "larger than all" (infinity).
    skip = floor((len(draws) - 1) * (1 - confidence) / 2)
    low, high = float(draws[skip]), float(draws[-1 - skip])
    return (low if 0 < low < inf else None), (high if 0 < high < inf else None)
