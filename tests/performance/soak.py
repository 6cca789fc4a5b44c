"""Make visits in one process for as long as is asked, and look whether anything grows: memory, descriptors, what stays.

Run by hand; an hour holds some twenty thousand visits. ::

    python tests/performance/soak.py --minutes 60

Between visits it looks at this process (resident memory, descriptors, children), at segments and semaphores of this
project in /dev/shm that were there at two looks running, and at the folder for temporary files, which is its own. Exit
code 1 when one of them grows or a visit fails.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

import psutil
from searches import search

from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.visit import Visit
from bench.engine.launch import launch

MEMBERS = ("pool", "shared-memory", "executor", "manager-list", "shared-array", "thread-pool")
WORKLOAD = "1000000:1001500"  # some 5 ms
MEMORY_GROWTH = 1.02  # of the median of the second third; an allocator gives back late
SHARED = Path("/dev/shm")


def main() -> int:
    """Print a line per look, and last what has grown; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--looks", type=int, default=30, help="how often to look, evenly spread")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="primebench-soak-") as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        return soak(60 * asked.minutes, max(3, asked.looks), Path(folder))


def soak(seconds: float, looks: int, folder: Path) -> int:
    """Visit one member after the other, and look at even distances; return the exit code."""
    print("   minutes   visits  memory MiB  descriptors  children  segments  temp entries", flush=True)
    visits, seen, began = map(visit_of, cycle(MEMBERS)), [], time.monotonic()
    made, there, due = 0, shared(), 0.0
    while (passed := time.monotonic() - began) < seconds or len(seen) < 3:
        outcome = launch(next(visits))
        if not isinstance(outcome, Result):
            print(f"visit {made + 1} failed: {outcome}")
            return 1
        made += 1
        if passed >= due:
            due += seconds / looks
            now = shared()
            seen.append(look(folder, len(now & there)))
            there = now
            memory, *counts = seen[-1]
            row = f"{passed / 60:10.1f}{made:9}{memory / 2**20:12.1f}" + "".join(map("{:>10}".format, counts))
            print(row, flush=True)
    grown = growing(seen)
    print(f"{made} visits in {(time.monotonic() - began) / 60:.1f} minutes; {', '.join(grown) or 'nothing'} has grown")
    return 1 if grown else 0


def visit_of(member: str) -> Visit:
    """Return a short visit, observed as the last one of a run is."""
    return Visit(search(member, WORKLOAD, workers=2), Effort(1, 1, 0, 1e-6, 60.0), allowed_cpus(), 1, observe=True)


def shared() -> set[str]:
    """Return the names of segments and semaphores that belong to this project, other runs' included."""
    return {path.name for path in SHARED.glob("*primebench*")} if SHARED.is_dir() else set()


def look(folder: Path, segments: int) -> tuple[int, int, int, int, int]:
    """Return resident bytes, descriptors, children, segments, and entries of the folder for temporary files."""
    process = psutil.Process()
    children = len(process.children(recursive=True))
    return process.memory_info().rss, process.num_fds(), children, segments, sum(1 for _ in folder.iterdir())


def growing(seen: list[tuple[int, int, int, int, int]]) -> list[str]:
    """Return the names of what is more in the last third of the looks than in the one before."""
    third = len(seen) // 3
    before, last = (list(zip(*part, strict=True)) for part in (seen[third : 2 * third], seen[-third:]))
    grown = []
    if statistics.median(last[0]) > MEMORY_GROWTH * statistics.median(before[0]):
        grown.append("memory")
    names = ("descriptors", "children", "segments", "temp entries")
    for name, earlier, later in zip(names, before[1:], last[1:], strict=True):
        if min(later) > max(earlier):
            grown.append(name)
    return grown


if __name__ == "__main__":
    sys.exit(main())
