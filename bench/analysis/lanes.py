"""Which workers stood in for each other: the lives of workers laid into as many lanes as there are to be workers.

A worker that is replaced after some tasks, or that has died, leaves its place to another one. Only one of both is at
work at a time, so that the time of a place is divided between them and never counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.observation import WorkerTotal


@dataclass(frozen=True, slots=True)
class Life:
    """A worker that had items.

    Attributes:
        worker: its number.
        ready: when it could take items; minus infinity where that was not seen.
        first: when its first item began.
        last: when its last item ended.
        inside: wall seconds inside items.
        cpu: CPU seconds inside items.
        delay: seconds of run delay inside items; 0 where the system does not tell.
    """

    worker: int
    ready: float
    first: float
    last: float
    inside: float
    cpu: float
    delay: float


Lane = tuple[Life, ...]
"""The lives in one place, one after the other."""


def lanes(totals: Iterable[WorkerTotal], workers: int) -> tuple[Lane, ...]:
    """Return a lane for each of the workers; one whose worker never reported an item is empty.

    A life takes a place that nobody had, else the one that has been free for the shortest time. Where more of them
    overlap than there are workers, it takes the one that is free soonest: time that is then counted twice shows as
    negative unexplained time.
    """
    found: list[list[Life]] = [[] for _ in range(workers)]
    for life in sorted(_lives(totals), key=lambda life: life.first):
        unused = next((lane for lane in found if not lane), None)
        if unused is not None:
            unused.append(life)
            continue
        free = [lane for lane in found if lane[-1].last <= life.first]
        lane = max(free, key=_end) if free else min(found, key=_end)
        lane.append(life)
    return tuple(map(tuple, found))


def _lives(totals: Iterable[WorkerTotal]) -> Iterable[Life]:
    for one in totals:
        if one.first is not None and one.last is not None:
            ready = float("-inf") if one.ready is None else one.ready
            yield Life(one.worker, ready, one.first, one.last, one.inside, one.cpu, one.delay or 0.0)


def _end(lane: list[Life]) -> float:
    return lane[-1].last
