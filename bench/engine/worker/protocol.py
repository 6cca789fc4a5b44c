"""In which order values are taken: find out the loops where they are not known, warm up, take the values.

The rules are those of pyperf's workers, and what they leave is what pyperf's runs hold. pyperf starts a process for
each of the two steps, and one more to start them; here one process does both, and is warm after the first.
Source: pyperf 2.11, documentation, "Runner" and "Calibration"; pyperf/_worker.py.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.engine.worker.moment import moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.core.case import Value
    from bench.engine.worker.options import Options

    Clock = Callable[[int], float]
    Run = dict[str, Any]  # as it stands in a file of pyperf

MOST_LOOPS = 2**32  # of a body that still takes less than the least time, which is then no time at all
_LONG_ENOUGH = 2  # how many values of a calibration must be: the first may have been slow because it was the first


def measure(clock: Clock, operations: int, options: Options) -> list[Run]:
    """Take the values of one process.

    Args:
        clock: takes the loops and returns the seconds that the bodies took.
        operations: how many operations one body does; values are seconds per operation.
        options: how many values to take, and how.

    Returns:
        What belongs into a record: a calibration without values, where there was one, and the values behind it.

    Raises:
        ValueError: a value is zero, or no number of loops takes long enough.
    """
    loops, warmups = options.loops, options.warmups
    found: list[Run] = []
    if loops is None:
        began = time.monotonic()
        tried = _calibrate(clock, options.min_time_s)
        loops = tried[-1][0]
        told = {**_told(began, loops, operations), "calibrate_loops": loops}
        # What a calibration did with as many loops, in this process, has warmed it up: there is no need to do it again.
        warmups = max(0, warmups - sum(count == loops for count, _ in tried))
        found.append({"warmups": [(count, raw / (count * operations)) for count, raw in tried], "metadata": told})
    began = time.monotonic()
    timed = [_value(clock, loops, operations) for _ in range(warmups + options.values)]
    run = {"values": timed[warmups:], "metadata": _told(began, loops, operations)}
    warm = [(loops, value) for value in timed[:warmups]]
    found.append({**run, "warmups": warm} if warm else run)
    return found


def _calibrate(clock: Clock, min_time_s: float) -> list[tuple[int, float]]:
    """Double the loops until they last long enough; return (loops, seconds) of each try."""
    loops, long_enough, tried = 1, 0, []
    while long_enough < _LONG_ENOUGH:
        seconds = float(clock(loops))
        tried.append((loops, seconds))
        if seconds >= min_time_s:
            long_enough += 1
        elif loops == MOST_LOOPS:
            raise ValueError(f"{loops} loops take {seconds:g} s, and {min_time_s:g} s are the least that is measured")
        else:
            loops *= 2
    return tried


def _value(clock: Clock, loops: int, operations: int) -> float:
    value = float(clock(loops)) / (loops * operations)
    if not value:
        raise ValueError("the body took no time that the clock can see")
    return value


def _told(began: float, loops: int, operations: int) -> dict[str, Value]:
    span_s = time.monotonic() - began
    return {**moment(), "unit": "second", "loops": loops, "inner_loops": operations, "duration": span_s}
