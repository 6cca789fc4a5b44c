"""Compare what a visit costs with two sources, and what both report. Run by hand; takes some five minutes.

A visit of an empty body costs nothing but itself. Both sources are measured in turns, in an order that is reversed in
every second round; first visits, which find out the loops, apart from later ones, which know them. Then both measure
the same two cases, and the ratio of what they report should be 1. ::

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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bench.analysis import hodges_lehmann

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = 3  # visits that know their loops, behind each first one

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

def asked(member, workload, loops, values, warmups):
    case = Case.of("backends", member, fit(member, {**DEFAULTS, "workload": workload}))
    effort = Effort(rounds=1, values=values, warmups=warmups, min_time_s=1e-6, timeout_s=60.0)
    if "visit" not in inspect.signature(launch).parameters:
        return case, effort, allowed_cpus(), loops
    from bench.core.visit import Visit
    return (Visit(case, effort, allowed_cpus(), loops),)

print("ready", flush=True)
for line in sys.stdin:
    arguments = asked(*json.loads(line))
    began = time.perf_counter()
    outcome = launch(*arguments)
    took_s = time.perf_counter() - began
    print(json.dumps([took_s, outcome.samples[-1]] if hasattr(outcome, "samples") else str(outcome)), flush=True)
"""


class Driver:
    """A process that makes visits with one source; leaving the context ends it."""

    def __init__(self, source: str) -> None:
        """Start it, and wait until all is imported."""
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-P", "-c", DRIVER, str(Path(source).resolve())]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ
        )
        self._line()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what it reads its orders from, and wait until it has ended."""
        self._process.communicate()

    def visit(
        self, member: str, workload: str, loops: int | None, values: int = 1, warmups: int = 0
    ) -> tuple[float, list[float]]:
        """Visit a case; return how long that took, and its values."""
        assert self._process.stdin
        print(json.dumps([member, workload, loops, values, warmups]), file=self._process.stdin, flush=True)
        answer: Any = json.loads(self._line())
        if isinstance(answer, str):
            sys.exit(answer)
        took_s, found = answer
        return took_s, found

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit("The source cannot be measured; what it says stands above.")
        return line


def main() -> int:
    """Print a row for each kind of visit, and one for each case that both measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", help="folder that holds bench and primes")
    parser.add_argument("after", help="the same of another version")
    parser.add_argument("--rounds", type=int, default=21)
    asked = parser.parse_args()
    costs: dict[str, list[tuple[float, float]]] = {"first visit": [], "later visit": []}
    values: dict[str, list[tuple[float, float]]] = {"serial": [], "pool": []}

    for number in range(-1, asked.rounds):  # the round before the first one compiles what is not on disk yet
        with Driver(asked.before) as before, Driver(asked.after) as after:

            def both(
                work: Callable[[Driver], float], order: tuple[Driver, Driver] = (before, after), number: int = number
            ) -> tuple[float, float]:
                found = {driver: work(driver) for driver in (order[::-1] if number % 2 else order)}
                return found[order[0]], found[order[1]]

            first = both(lambda driver: driver.visit("serial", "empty", None)[0])
            later = [both(lambda driver: driver.visit("serial", "empty", 1)[0]) for _ in range(LATER)]
            told = {
                member: both(lambda driver, member=member: min(driver.visit(member, "1000000:1040000", 1, 5, 1)[1]))
                for member in values
            }
        if number < 0:
            continue
        costs["first visit"].append(first)
        costs["later visit"] += later
        for member, pair in told.items():
            values[member].append(pair)

    for name, pairs in costs.items():
        low, middle, high = statistics.quantiles([after / before for before, after in pairs], n=4)
        seconds = [statistics.median(side) for side in zip(*pairs, strict=True)]
        print(
            f"{name:12} before {seconds[0]:.3f} s  after {seconds[1]:.3f} s  "
            f"ratio {middle:.3f} (quartiles {low:.3f} to {high:.3f}, {len(pairs)} pairs)"
        )
    for name, pairs in values.items():
        ratio = hodges_lehmann.from_pairs([math.log(after / before) for before, after in pairs])
        print(f"{name:12} reported: ratio {ratio.ratio:.4f} (95 % interval {ratio.low:.4f} to {ratio.high:.4f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
