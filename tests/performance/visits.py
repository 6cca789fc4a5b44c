"""Compare what a visit costs with two sources, and what both report. Run by hand; takes some five minutes.

A visit of an empty body costs nothing but itself. Both sources are measured in turns, in an order that is reversed in
every second round; first visits, which find out the loops, apart from later ones, which know them. Then both measure
the same two cases, value by value in turns, and the ratio of what they report should be 1. ::

    git worktree add /tmp/before COMMIT
    python tests/performance/visits.py /tmp/before . [--rounds 21]

Exit code 1 when a visit fails.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from searches import search

from bench.analysis import hodges_lehmann
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import round_robin
from bench.engine.launch import attend

if TYPE_CHECKING:
    from collections.abc import Sequence

LATER = 3  # visits that know their loops, behind each first one
WORKLOAD, VALUES = "1000000:1005000", 15  # some 15 ms, and so short that some values meet no other program

# Runs in a process of its own with the packages of one source: what launching asks for differs from version to version.
DRIVER = """
import inspect, json, sys, time
sys.path.insert(0, sys.argv[1])
from bench.core.case import Case
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.engine.launch import launch
from bench.families.backends._family import FAMILY
try:
    from bench.jobs.primes import JOB
except ImportError:
    axes, fit = FAMILY.axes, FAMILY.fit
else:
    axes, fit = (*FAMILY.axes, *JOB.axes), lambda member, params: FAMILY.fit(member, params, JOB)
DEFAULTS = {axis.name: axis.default() for axis in axes}

def asked(loops):
    case = Case.of("backends", "serial", fit("serial", {**DEFAULTS, "workload": "empty"}))
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=60.0)
    if "visit" not in inspect.signature(launch).parameters:
        return case, effort, allowed_cpus(), loops
    from bench.core.visit import Visit
    return (Visit(case, effort, allowed_cpus(), loops),)

print("ready", flush=True)
for line in sys.stdin:
    arguments = asked(json.loads(line))
    began = time.perf_counter()
    outcome = launch(*arguments)
    took_s = time.perf_counter() - began
    print(json.dumps(took_s if hasattr(outcome, "samples") else str(outcome)), flush=True)
"""


class Driver:
    """A process that makes visits with one source; leaving the context ends it."""

    def __init__(self, source: str) -> None:
        """Start it, and wait until all is imported."""
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-P", "-c", DRIVER, str(Path(source).resolve())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
        self._line()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what it reads its orders from, and wait until it has ended."""
        self._process.communicate()

    def visit(self, loops: int | None) -> float:
        """Visit the case whose body is empty; return how long that took."""
        assert self._process.stdin
        print(json.dumps(loops), file=self._process.stdin, flush=True)
        answer: Any = json.loads(self._line())
        if isinstance(answer, str):
            sys.exit(answer)
        return float(answer)

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit("The source cannot be measured; what it says stands above.")
        return line


def costs(before: str, after: str, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the seconds of visits with both sources, side by side."""
    found: dict[str, list[tuple[float, float]]] = {"first visit": [], "later visit": []}
    for number in range(-1, rounds):  # the round before the first one compiles what is not on disk yet
        with Driver(before) as one, Driver(after) as other:
            order = (other, one) if number % 2 else (one, other)
            for name, loops in (("first visit", None), *[("later visit", 1)] * LATER):
                took_s = {driver: driver.visit(loops) for driver in order}
                if number >= 0:
                    found[name].append((took_s[one], took_s[other]))
    return found


def reported(member: str, sources: Sequence[str], rounds: int) -> list[float]:
    """Return the logarithms of what the second source reports over what the first one does."""
    case = search(member, WORKLOAD)
    effort = Effort(rounds=1, values=VALUES, warmups=2, min_time_s=1e-6, timeout_s=60.0)

    def visit(source: str, folder: Path) -> Any:
        side = replace(here(), source=source)
        return attend(Visit(case, effort, allowed_cpus(), 1, side), folder, in_turns=True)

    logs = []
    for number in range(rounds):
        order = (1, 0) if number % 2 else (0, 1)
        met = round_robin.run([partial(visit, sources[index]) for index in order], effort.timeout_s)
        least_s = {}
        for index, outcome in zip(order, met.outcomes, strict=True):
            if not isinstance(outcome, Result):
                sys.exit(str(outcome or met.broken))
            least_s[index] = min(outcome.samples[-1])
        logs.append(math.log(least_s[1] / least_s[0]))
    return logs


def main() -> int:
    """Print a row for each kind of visit, and one for each case that both measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", help="folder that holds bench and primes")
    parser.add_argument("after", help="the same of another version")
    parser.add_argument("--rounds", type=int, default=21)
    asked = parser.parse_args()
    for name, pairs in costs(asked.before, asked.after, asked.rounds).items():
        low, middle, high = statistics.quantiles([after / before for before, after in pairs], n=4)
        seconds = [statistics.median(side) for side in zip(*pairs, strict=True)]
        print(
            f"{name:12} before {seconds[0]:.3f} s  after {seconds[1]:.3f} s  "
            f"ratio {middle:.3f} (quartiles {low:.3f} to {high:.3f}, {len(pairs)} pairs)",
            flush=True,
        )
    sources = [str(Path(folder).resolve()) for folder in (asked.before, asked.after)]
    for member in ("serial", "pool"):
        found = hodges_lehmann.from_pairs(reported(member, sources, asked.rounds))
        print(f"{member:12} reported: ratio {found.ratio:.4f} (95 % interval {found.low:.4f} to {found.high:.4f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
