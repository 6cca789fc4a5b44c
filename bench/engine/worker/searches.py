"""Search in every way one backend has, with one start method; arguments: backend, start method, ``few`` or ``all``.

A program of its own, because a backend runs in no process that has something else to lose. Exits with an error as
soon as an answer is wrong; prints how many searches were right.
"""

from __future__ import annotations

import sys

from bench.core.case import Case
from bench.core.family import Unfit
from bench.engine.worker.clock import session_names
from bench.families.backends._family import FAMILY
from bench.jobs.primes import JOB

AXES = (*FAMILY.axes, *JOB.axes)
USUAL = {axis.name: axis.default() for axis in AXES if axis.name not in ("workers", "start", "workload", "chunksize")}
FEW: tuple[dict[str, str | int], ...] = (  # where each makes a crew that takes seconds, these tell most of it
    {"phase": "whole", "task": "number", "chunksize": "api"},
    {"phase": "map", "task": "chunk", "chunksize": 7, "answer": "flags"},
    {"phase": "whole", "workload": "1000:1000"},
    {"phase": "whole", "workload": "1000:1001"},  # fewer items than workers
    {"phase": "open"},
)
SEARCHES: tuple[dict[str, str | int], ...] = (
    *FEW,
    {"phase": "whole", "task": "chunk", "chunksize": 7, "answer": "flags"},
    {"phase": "whole", "task": "chunk", "chunksize": "auto", "answer": "count"},
    {"phase": "map", "task": "number", "chunksize": "api"},
    {"phase": "map", "task": "chunk", "chunksize": "auto", "answer": "count"},
    {"phase": "whole", "task": "number", "chunksize": 7, "pin": "yes"},
    {"phase": "map", "task": "chunk", "kernel": "sieve", "pin": "yes"},
    {"phase": "map", "workload": "1000:1000", "task": "number", "chunksize": "api"},
)


def main(backend: str, start: str, amount: str) -> None:
    """Do every search that makes sense, or a few."""
    session_names()
    right = 0
    for search in FEW if amount == "few" else SEARCHES:
        params = {**USUAL, "workers": 2, "start": start, "workload": "1000:1100", "chunksize": "auto", **search}
        try:
            case = Case.of("backends", backend, FAMILY.fit(backend, params, JOB))
        except Unfit:
            continue
        with FAMILY.prepare(case, JOB.make) as trial:
            for _ in range(1 if search["phase"] == "whole" else 2):  # the second one meets what the first one left
                trial.check(trial.body())
        right += 1
    print(right)


if __name__ == "__main__":
    main(*sys.argv[1:])
