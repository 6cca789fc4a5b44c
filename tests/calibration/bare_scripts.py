"""Compare what primebench reports with what a bare script takes for the same search. Run by hand and by tox.

For each backend a script of a few lines does what the textbook does, without any harness, and times it with
``time.perf_counter``. Script and primebench take turns, in an order that is reversed every second round, so that drift
of the machine meets both. The ratio of the medians of the minima should be 1: a harness that costs time of its own, or
that measures less than it says, would show here. ::

    python tests/calibration/bare_scripts.py [--rounds 7]

Exit code 1 when a ratio is further from 1 than the allowed part (0.1 unless told otherwise).
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

from bench.core import catalog
from bench.core.case import Case
from bench.core.cpus import allowed_cpus, usable_workers
from bench.core.plan import Effort
from bench.core.record import Failure
from bench.core.visit import Visit
from bench.engine.launch import launch
from bench.jobs.primes import JOB

LO, HI = 1_000_000, 1_100_000
VALUES = 4

HEAD = f"""
import time
from math import ceil
from primes.tasks import ChunkFlags
from primes.workload import Chunks

LO, HI, WORKERS = {LO}, {HI}, {{workers}}
CHUNKS = Chunks(LO, HI, ceil((HI - LO) / (4 * WORKERS)))
TASK = ChunkFlags("trial-division")

def clock(search):
    search()
    times = []
    for _ in range({VALUES}):
        start = time.perf_counter()
        search()
        times.append(time.perf_counter() - start)
    print(min(times))
"""

SCRIPTS = {
    "serial": """
def search():
    return TASK((LO, HI))
""",
    "pool": """
from multiprocessing import Pool
def search():
    with Pool(WORKERS) as pool:
        found = pool.map(TASK, CHUNKS, 1)
    pool.join()
    return found
""",
    "executor": """
from concurrent.futures import ProcessPoolExecutor
def search():
    with ProcessPoolExecutor(WORKERS) as executor:
        return list(executor.map(TASK, CHUNKS))
""",
    "thread-executor": """
from concurrent.futures import ThreadPoolExecutor
def search():
    with ThreadPoolExecutor(WORKERS) as executor:
        return list(executor.map(TASK, CHUNKS))
""",
}


def bare_s(backend: str) -> float:
    """Return the least time of a search by the bare script, in seconds."""
    guarded = "\nif __name__ == '__main__':\n    clock(search)\n"
    program = HEAD.format(workers=usable_workers()) + SCRIPTS[backend] + guarded
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)


def measured_s(backend: str) -> float:
    """Return the least time that primebench finds for the same search, in seconds."""
    family = catalog.load("bench.families.backends", "_family").FAMILY
    params = {axis.name: axis.default() for axis in (*family.axes, *JOB.axes)} | {"workload": f"{LO}:{HI}"}
    effort = Effort(rounds=1, values=VALUES, warmups=1, min_time_s=1e-6, timeout_s=120)
    case = Case.of("backends", backend, family.fit(backend, params, JOB))
    outcome = launch(Visit(case, effort, allowed_cpus(), 1))
    if isinstance(outcome, Failure):
        sys.exit(f"{backend}: {outcome.kind}: {outcome.message}")
    return min(outcome.samples[0])


def main() -> int:
    """Print a ratio for each backend; return 1 when one is out of bounds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--allowed", type=float, default=0.1)
    args = parser.parse_args()
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(args.rounds):
        turns = [(backend, way) for backend in SCRIPTS for way in ("bare", "primebench")]
        for backend, way in reversed(turns) if number % 2 else turns:
            seconds = bare_s(backend) if way == "bare" else measured_s(backend)
            times.setdefault((backend, way), []).append(seconds)
    worst = 0.0
    for backend in SCRIPTS:
        bare, measured = (statistics.median(times[backend, way]) for way in ("bare", "primebench"))
        worst = max(worst, abs(measured / bare - 1))
        print(f"{backend:16} bare {bare:7.4f} s  primebench {measured:7.4f} s  ratio {measured / bare:.3f}")
    return 1 if worst > args.allowed else 0


if __name__ == "__main__":
    sys.exit(main())
