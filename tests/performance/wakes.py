"""How long an empty search takes on warm workers of shared-memory, and how that grows with their number."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from row import Row

from bench.contract.backend import Crew
from bench.core.cpus import usable_workers
from bench.families.backends import _backend
from primes.tasks import ChunkCount

if TYPE_CHECKING:
    import argparse

GOAL_US = 50.0  # with two workers
# With as many workers: how many times as long as with two, which is the quotient of the logarithms.
GROWTH = {4: 2.0, 16: 4.0}
_CALLS = 300


def measure(asked: argparse.Namespace) -> list[Row]:
    """Return the rows: microseconds with two workers, and ratios of neighbouring rounds with more."""
    task = ChunkCount("trial-division")
    found: dict[int, list[float]] = {workers: [] for workers in (2, *GROWTH)}
    for _ in range(asked.rounds):
        for workers, medians in found.items():
            with _backend.load("shared-memory").open_mapper(Crew(workers, "fork")) as mapper:
                times = []
                for _ in range(_CALLS):
                    began = time.perf_counter()
                    mapper(task, [], 1)
                    times.append(time.perf_counter() - began)
            medians.append(1e6 * statistics.median(times[_CALLS // 10 :]))
    two = statistics.median(found[2])
    rows = [Row("an empty search, 2 warm workers", two, "µs", "at most", GOAL_US, {"us": found[2]})]
    for workers, most in GROWTH.items():
        ratio = statistics.median(more / few for more, few in zip(found[workers], found[2], strict=True))
        told = f"{statistics.median(found[workers]):.3g} µs"
        if workers > usable_workers():
            told += f"; {workers} workers take turns on {usable_workers()} usable CPUs"
        what = f"an empty search, {workers} warm workers"
        rows.append(Row(what, ratio, "x that of two", "at most", most, {"us": found[workers]}, told))
    return rows
