"""The jobs that advice is measured on, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from primes import workload
from tests.performance.advise import work

HERE = Path(__file__).parent
CALLED = {"even": "turn", "rising": "turn", "falling": "turn", "heavy": "turn", "sorted": "turn", "huge": "turn"}
FEW = {"digest": 200, "squeeze": 400, "order": 500}  # functions that take a number -> how many there are
WORKLOADS = ("default", "dust", "giant", "skewed", "textbook")  # not those that advice refuses: empty, weak


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be distributed.

    Attributes:
        name: what it is called in tables.
        kind: of job.
        options: axis -> what is written after the option of its name.
        count: how many items there are.
        waits: whether its items wait more than they compute.
    """

    name: str
    kind: str
    options: Mapping[str, str]
    count: int
    waits: bool = False


def everything() -> tuple[Job, ...]:
    """Return all jobs."""
    found = []
    for name, make in work.ITEMS.items():
        first = name.partition("_")[0]
        function = CALLED.get(first, first if first in ("wait", "ask") else "spin")
        options = {"function": f"work:{function}", "items": f"work:{name}"}
        found.append(Job(name.replace("_", "-"), "function", options, len(make()), first in ("wait", "ask")))
    for function, count in FEW.items():
        options = {"function": f"work:{function}", "items": f"range({count})"}
        found.append(Job(function, "function", options, count))
    for name in WORKLOADS:
        options = {"workload": name, "kernel": "trial-division"}
        found.append(Job(f"primes-{name}", "primes", options, len(workload.load(name, 2))))
    return tuple(found)
