"""Pinning the workers of a pool to one CPU each.

A pool does not tell its workers which of them they are, so they draw numbers from a shared counter. Loaded in worker
processes, and only where pinning is asked for.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.contract.backend import Crew


def initializer(crew: Crew) -> dict[str, Any]:
    """Return the keyword arguments with which a pool pins its workers; none when the crew is not to be pinned."""
    if crew.cpus is None:
        return {}
    return {"initializer": pin_next, "initargs": (crew.context.Value("i", 0), crew.cpus)}


def pin_next(drawn: Any, cpus: tuple[int, ...]) -> None:
    """Pin the calling worker (process or thread) to the next CPU; a replaced worker goes on in turn."""
    with drawn.get_lock():
        index = drawn.value
        drawn.value += 1
    pin(index, cpus)


def pin(index: int, cpus: tuple[int, ...] | None) -> None:
    """Pin the calling worker to its CPU; without CPUs, or where the system cannot pin, it does nothing."""
    if cpus and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {cpus[index % len(cpus)]})
