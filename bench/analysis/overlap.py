"""What alarms over equal sides prove when the verdicts overlap: each block is confirmed by the next one.

A block is red one way, red the other way or not red, and two neighbours that are red the same way are an alarm. A
block belongs to two verdicts each way, so n blocks are fewer than 2n independent verdicts. The bound is that of the
count itself: of blocks that are independent of each other and, since the sides are equal, as often red one way as the
other. With the chance q of each way a verdict is an alarm with the rate q squared.

Where so few blocks, or so many alarms, are seen that not even the most of that, a quarter, can be ruled out, the bound
is that of blocks that are red one way only, whose rate is half of q squared and at most one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from bench.analysis.errors import BadSample
from bench.analysis.rate import largest


def upper_bound(alarms: int, runs: Sequence[int], confidence: float = 0.95) -> float:
    """Return the largest rate of alarms that so many in these runs of neighbouring blocks do not rule out.

    With several cases one may be red each way at once; more alarms than neighbours rule nothing out.

    Args:
        alarms: how many neighbours were red the same way, either way counted.
        runs: how many blocks each unbroken run has; a void block ends a run.
        confidence: of the bound.

    Raises:
        BadSample: there is no block, or more than two alarms per neighbours.
    """
    neighbours = sum(runs) - len(runs)
    if not runs or min(runs) < 1 or not 0 <= alarms <= 2 * neighbours:
        raise BadSample(f"{alarms} alarms in runs of {list(runs)} blocks are no count; neighbours give at most two")
    if alarms > neighbours:
        return 1.0
    allowed = 1 - confidence
    if _at_most(alarms, runs, (0.5, 0.5)) <= allowed:
        return largest(lambda rate: _at_most(alarms, runs, (sqrt(rate), sqrt(rate))) > allowed, 0.25)
    return largest(lambda rate: _at_most(alarms, runs, (sqrt(2 * rate), 0.0)) > allowed, 0.5)


def blocks_to_prove(alarms: int, rate: float, confidence: float = 0.95) -> int:
    """Return how many blocks in one run, with no more alarms than these, would prove at most this rate.

    Raises:
        BadSample: the rate does not lie between 0 and a quarter.
    """
    if not 0 < rate < 0.25:
        raise BadSample(f"rate {rate} is not between 0 and 0.25, the most that equal sides can have")
    q = sqrt(rate)
    counts = _first_block((q, q), alarms)
    blocks = 1
    while counts.sum() > 1 - confidence:
        counts = _next_block(counts, (q, q))
        blocks += 1
    return blocks


def _at_most(alarms: int, runs: Sequence[int], red: tuple[float, float]) -> float:
    """Return P(so many alarms or fewer)."""
    counts = np.zeros(alarms + 1)
    counts[0] = 1.0
    for run in runs:
        # A run begins with whatever was counted before it, and with no neighbour.
        states = np.outer(_chances(red), counts)
        for _ in range(run - 1):
            states = _next_block(states, red)
        counts = states.sum(axis=0)
    return float(counts.sum())


def _chances(red: tuple[float, float]) -> np.ndarray:
    return np.array([max(0.0, 1 - sum(red)), *red])


def _first_block(red: tuple[float, float], alarms: int) -> np.ndarray:
    states = np.zeros((3, alarms + 1))
    states[:, 0] = _chances(red)
    return states


def _next_block(states: np.ndarray, red: tuple[float, float]) -> np.ndarray:
    """Return P(state of the next block, alarms so far); more alarms than there are columns fall out."""
    following = np.outer(_chances(red), states.sum(axis=0))
    for way, chance in enumerate(red, start=1):
        following[way] -= chance * states[way]
        following[way, 1:] += chance * states[way, :-1]
    return following
