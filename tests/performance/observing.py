"""Compare times of visits that are observed with times of visits that are not, and what observing costs a visit.

Both visits of a pair measure the same case, value by value in turns; the ratio of what they report should be 1, with an
interval within 1 %. Then visits are made one after the other, in an order that is reversed in every second round: the
observed one takes longer by one body and by what observing itself costs. Run by hand; takes some five minutes. ::

    python tests/performance/observing.py [--rounds 21]

Exit code 1 when a visit fails.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from searches import search

from bench.analysis import hodges_lehmann
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.visit import Visit
from bench.engine import round_robin
from bench.engine.launch import attend, launch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORKLOAD, VALUES = "1000000:1001500", 60  # some 5 ms: two of one turn then meet the same machine
EFFORT = Effort(rounds=1, values=VALUES, warmups=2, min_time_s=1e-6, timeout_s=60.0)
MEMBERS = ("serial", "pool", "executor", "thread-pool", "shared-memory")


def main() -> int:
    """Print a line per backend; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--members", default=",".join(MEMBERS))
    asked = parser.parse_args()
    every = []
    for member in asked.members.split(","):
        logs = ratios(member, asked.rounds)
        every += logs
        print(f"{member}: observed / not observed {interval(logs)} ({len(logs)} pairs)", flush=True)
    print(f"all: observed / not observed {interval(every)} ({len(every)} pairs)", flush=True)
    for member in asked.members.split(","):
        more, body = costs(member, asked.rounds)
        print(f"{member}: a visit takes {more * 1e3:.0f} ms longer, of which the body {body * 1e3:.0f} ms", flush=True)
    return 0


def interval(logs: Sequence[float]) -> str:
    """Return the ratio with its 95 % interval."""
    found = hodges_lehmann.from_pairs(logs)
    return f"{math.exp(statistics.median(logs)):.4f} [{found.low:.4f}, {found.high:.4f}]"


def visit_of(member: str, *, observe: bool, values: int = VALUES) -> Visit:
    """Return a visit of the case, which knows its loops."""
    return Visit(
        search(member, WORKLOAD, workers=2), replace(EFFORT, values=values), allowed_cpus(), 1, observe=observe
    )


def ratios(member: str, rounds: int) -> list[float]:
    """Return of each pair the median, over its turns, of the logarithm of observed over not observed."""
    logs = []
    for number in range(rounds):
        order = (True, False) if number % 2 else (False, True)

        def made(observe: bool, folder: Path) -> Any:
            return attend(visit_of(member, observe=observe), folder, in_turns=True)

        met = round_robin.run([partial(made, observe) for observe in order], EFFORT.timeout_s)
        values: dict[bool, Sequence[float]] = {}
        for observe, outcome in zip(order, met.outcomes, strict=True):
            if not isinstance(outcome, Result):
                sys.exit(str(outcome or met.broken))
            if observe and outcome.observation.why("all"):
                sys.exit(str(outcome.observation.missing))
            values[observe] = outcome.samples[-1]
        logs.append(statistics.median(math.log(a / b) for a, b in zip(values[True], values[False], strict=True)))
    return logs


def costs(member: str, rounds: int) -> tuple[float, float]:
    """Return by how many seconds an observed visit takes longer, and how long the observed body took: medians."""
    more_s, body_s = [], []
    launch(visit_of(member, observe=True, values=1))  # compiles what is not on disk yet
    for number in range(rounds):
        took_s = {}
        for observe in (True, False) if number % 2 else (False, True):
            began = time.perf_counter()
            outcome = launch(visit_of(member, observe=observe, values=1))
            took_s[observe] = time.perf_counter() - began
            if not isinstance(outcome, Result):
                sys.exit(str(outcome))
            if observe:
                body_s.append(outcome.observation.wall_s)
        more_s.append(took_s[True] - took_s[False])
    return statistics.median(more_s), statistics.median(body_s)


if __name__ == "__main__":
    sys.exit(main())
