"""What advice is compared with: at most 40 ways to do a job, and what people call without thinking."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.app import measure
from bench.app.ways import Field
from bench.core import jobs
from bench.core.errors import BrokenPlugin, UsageError
from bench.core.family import Unfit
from bench.core.plan import Drawing, Effort, Plan
from bench.core.record import Result
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import preparation
from bench.engine.launch import launch
from primes import user_code

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.machine import Machine
    from bench.core.side import Side
    from tests.performance.advise.jobs import Job

MOST = 40
SERIAL = "serial"
USUAL = ("pool", "executor", "joblib")  # called without a chunk size
_EVERYWHERE = ("pool", "executor", "pool-imap-unordered")  # with four chunk sizes
_ONCE = (
    "process-queue", "process-pipe", "process", "shared-memory", "thread-executor", "thread-pool", "pool-imap", "loky",
    "joblib", "pebble", "mpire", "executor-submit", "pool-apply-async", "manager-queue", "shared-array",
    "interpreter-executor",
)  # fmt: skip
_MESSAGES = 3000  # the smallest chunk size makes so many messages at most
_VALUE_S = 0.05  # what a value lasts at least; shorter bodies are repeated
_TIMEOUT_S = 120.0
_SLOW = 1.5  # times the least of the first round: who took longer is not visited again

Times = dict[str, list[float]]
"""Name of a way -> seconds, one of each round."""


@dataclass
class Ways:
    """Ways to do one job, and how long they took."""

    job: Job
    cpus: int
    affinity: tuple[int, ...]
    start: str
    cases: dict[str, Case] = field(default_factory=dict)
    side: Side = field(default_factory=here)
    rng: random.Random = field(default_factory=lambda: random.Random(1))

    def add(self, member: str, workers: int, chunksize: Any, **more: str) -> str | None:
        """Add a way that is not there yet; return its name, or None where it cannot be."""
        kind = jobs.load(self.job.kind)
        given = {**self.job.options, **more}
        params = {axis.name: axis.parse(given[axis.name])[0] for axis in kind.axes if axis.name in given}
        usual = {axis.name: axis.default() for axis in kind.axes}
        try:
            case = Field(kind, {**usual, **params}, self.start).case(member, workers, chunksize)
        except (Unfit, UsageError, BrokenPlugin):
            return None
        if name := next((name for name, known in self.cases.items() if known == case), None):
            return name
        name = f"{member} x{workers} /{chunksize}" if member != SERIAL else SERIAL
        self.cases[name] = case
        return name

    @contextmanager
    def prepared(self, machine: Machine, folder: str) -> Iterator[None]:
        """Have the job ready for as long as the ways are measured."""
        environ = ((user_code.FOLDER, folder), (user_code.FOLDERS, folder))
        side = replace(here(), environ=environ)
        plan = Plan.of(Drawing(tuple(self.cases.values()), (), {}, {}), _effort(1), self.affinity)
        with preparation.prepared(measure.begin(plan, machine), side) as (ready, self.side):
            if ready.failures:
                raise RuntimeError(next(iter(ready.failures.values())).message)
            yield

    def visit(self, name: str, seconds: float | None) -> float | None:
        """Return how long a way takes, in a process of its own; None where it fails."""
        loops = max(1, min(64, ceil(_VALUE_S / seconds))) if seconds else 1
        outcome = launch(Visit(self.cases[name], _effort(1), self.affinity, loops, self.side))
        return min(outcome.samples[-1]) if isinstance(outcome, Result) else None

    def rounds(self, names: Iterable[str], count: int, times: Times) -> Times:
        """Visit ways in so many rounds, each in an order of its own; those that fail drop out."""
        alive = list(dict.fromkeys(names))
        for _ in range(count):
            for name in self.rng.sample(alive, len(alive)):
                known = times.get(name)
                seconds = self.visit(name, min(known) if known else None)
                if seconds is None:
                    alive.remove(name)
                    times.pop(name, None)
                else:
                    times.setdefault(name, []).append(seconds)
        return times


def _effort(warmups: int) -> Effort:
    return Effort(rounds=1, values=1, warmups=warmups, min_time_s=_VALUE_S, timeout_s=_TIMEOUT_S)


def draw(ways: Ways) -> dict[str, str]:
    """Add the ways of the sweep, and return what people call without thinking: backend -> name of its way."""
    job, workers = ways.job, max(2, ways.cpus)
    ways.add(SERIAL, 1, 1)
    whole = {"task": "number"} if job.kind == "primes" else {}  # chunks of the search are cut by whoever calls
    usual = {member: name for member in USUAL if (name := ways.add(member, workers, "api", **whole))}
    for member in _EVERYWHERE:
        for size in _sizes(job.count, workers):
            ways.add(member, workers, size)
    auto = max(1, ceil(job.count / (4 * workers)))
    for member in _ONCE:
        ways.add(member, workers, auto)
    if job.waits:
        for more in (8, 32):
            for member in ("thread-executor", "thread-pool", "pool"):
                ways.add(member, more, max(1, ceil(job.count / (4 * more))))
    else:
        ways.add("thread-executor", workers, max(1, job.count // workers))
        ways.add("pool", workers + 1, auto)
    ways.cases = dict([*ways.cases.items()][:MOST])
    return usual


def _sizes(count: int, workers: int) -> list[int]:
    """Return four chunk sizes, each as many times as large as the one before."""
    low, high = max(1, count // _MESSAGES), max(1, count // workers)
    return sorted({round(low * (high / low) ** (step / 3)) for step in range(4)})


def screen(ways: Ways, names: list[str]) -> Times:
    """Visit every way once, and those that were near the fastest twice more."""
    times = ways.rounds(names, 1, {})
    least = min(seconds[0] for seconds in times.values())
    return ways.rounds([name for name, (seconds, *_) in times.items() if seconds < _SLOW * least], 2, times)


def best(times: Times, count: int = 3) -> list[str]:
    """Return the fastest ways."""
    return sorted(times, key=lambda name: median(times[name]))[:count]


def named(choice: Mapping[str, Any]) -> tuple[str, int, Any]:
    """Return member, workers and chunk size of what is advised."""
    return str(choice["backend"]), int(choice["workers"]), choice["chunksize"] or 1
