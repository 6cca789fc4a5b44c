"""The ways to do a job that are worth measuring: what can run here, with which workers and chunk sizes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bench.analysis import cost_model
from bench.app import snippet
from bench.core.case import Case
from bench.core.errors import BrokenPlugin, UsageError, reason
from bench.core.family import Unfit
from bench.engine.cluster import uses_cluster
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.analysis.cost_model import Host, Load, Prediction, Price
    from bench.core.case import Value
    from bench.core.job import JobKind

# In this order they are looked at, as long as there is time for it; all others follow.
_FIRST = (
    "pool", "executor", "thread-executor", "process", "shared-memory", "pool-imap-unordered", "interpreter-executor",
    "thread-pool", "loky", "joblib", "pebble", "mpire", "pool-imap",
)  # fmt: skip
WAITS = 0.85  # share of CPU time below which more workers than CPUs are looked at
_MOST_THREADS, _MOST_PROCESSES = 256, 32  # that are looked at: more threads of work that waits seldom help
_TURNS = (1, 2, 3)  # so many items each waits for: with one worker fewer, all wait for one item more
_APART = 3  # by how much chunk sizes of one way differ


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do the job.

    Attributes:
        case: what is measured.
        price: what it costs to distribute.
        workers: how many.
        chunksize: items per message.
        predicted: by the model.
    """

    case: Case
    price: Price
    workers: int
    chunksize: int
    predicted: Prediction


@dataclass(frozen=True, slots=True)
class Threads:
    """What was found out about the function in threads.

    Attributes:
        fail: what it raises in them; empty where it does not.
        lock_by: who switched the interpreter lock on, in a build that can do without; empty where nobody.
    """

    fail: str = ""
    lock_by: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """All that a case of a job needs beside its member, workers and chunk size."""

    kind: JobKind
    params: Mapping[str, Value]
    start: Value

    def case(self, member: str, workers: int, chunksize: Value) -> Case:
        """Return a case; raises `Unfit` and `BrokenPlugin`, and `UsageError` for what no member can do."""
        usual = {axis.name: axis.default() for axis in (*FAMILY.axes, *self.kind.axes) if axis.name != "workers"}
        chosen = {"workers": workers, "chunksize": chunksize, "start": self.start}
        return Case.of(FAMILY.name, member, FAMILY.fit(member, {**usual, **self.params, **chosen}, self.kind))


def members(
    names: Sequence[str], field: Field, load: Load, workers: int, threads: Threads
) -> tuple[list[str], dict[str, str]]:
    """Return the members that may be advised, the likeliest first, and why others are not.

    Args:
        names: those that were asked for.
        field: the job.
        load: what it costs.
        workers: how many it is certain to have.
        threads: what it does in threads.
    """
    kept, left = [], {}
    known = {name: at for at, name in enumerate(_FIRST)}
    for name in sorted(names, key=lambda name: (known.get(name, len(known)), name)):
        if name in FAMILY.references.values():
            continue
        try:
            case = field.case(name, workers, 1)
            backend = _backend.load(name)
        except (Unfit, BrokenPlugin) as error:
            left[name] = str(error)
            continue
        if without := snippet.why_none(case):
            left[name] = without
        elif uses_cluster([case]):
            left[name] = "advice is for this machine alone; primebench run measures a cluster."
        elif backend.parallelism == "threads" and threads.fail:
            left[name] = f"the function fails in threads: {threads.fail}."
        elif backend.parallelism == "threads" and load.lock is not None and load.cpu * load.lock > WAITS:
            left[name] = _turns(threads.lock_by)
        else:
            kept.append(name)
    return kept, left


def _turns(lock_by: str) -> str:
    if lock_by:
        return f"{lock_by} switched the interpreter lock on, so that threads take turns; PYTHON_GIL=0 keeps it off."
    return "the function holds the interpreter lock, so that threads take turns."


def carrier(names: Sequence[str], field: Field) -> str:
    """Return a member that cuts a job into items, and can run here.

    Raises:
        UsageError: none of them can.
    """
    why = "nothing but references is named"
    for name in names:
        if name not in FAMILY.references.values():
            try:
                field.case(name, 2, 1)
            except (Unfit, BrokenPlugin) as error:
                why = reason(error)
            else:
                return name
    raise UsageError(f"none of these backends can be advised here ({why}); name others with --backend.")


def worker_counts(load: Load, cpus: float, *, threads: bool) -> tuple[int, ...]:
    """Return how many workers are looked at: as many as CPUs, one fewer, and more where the work waits.

    Powers of two below the CPUs are looked at as well, since making many workers takes longer than a short job.
    """
    whole = max(1, int(cpus))
    counts = {max(2, whole), *(1 << power for power in range(1, whole.bit_length()) if 1 << power < whole)}
    if cpus > whole:
        counts.add(whole + 1)
    if whole >= 4:
        counts.add(whole - 1)
    if load.cpu < WAITS:
        most = _MOST_THREADS if threads else _MOST_PROCESSES
        sizes = {whole << power for power in range(1, 9)} | {ceil(load.count / turns) for turns in _TURNS}
        counts |= {size for size in sizes if whole < size <= min(most, max(2, load.count))}
    return tuple(sorted(counts))


def ways(name: str, field: Field, load: Load, whole: Load, price: Price, host: Host) -> Iterator[Way]:
    """Yield the ways of a member that the model thinks most of, the best first.

    Args:
        name: the member.
        field: the job that is measured.
        load: what that costs.
        whole: what the whole job costs, of which it may be a part: more workers pay there.
        price: what the member costs.
        host: the machine.
    """
    found = []
    for workers in worker_counts(load, host.cpus, threads=price.threads):
        _, predicted = cost_model.best_chunk(whole, price, host, workers)
        found.append((predicted.seconds, workers, cost_model.best_chunk(load, price, host, workers)[0]))
    found.sort()
    seen = set()
    for seconds, workers, chunksize in found[:3]:
        if seconds > 2 * found[0][0]:
            continue
        most = max(1, load.count // workers)
        for size in (chunksize, max(1, chunksize // _APART), min(most, chunksize * _APART)):
            if (workers, size) in seen:
                continue
            seen.add((workers, size))
            try:
                case = field.case(name, workers, size)
            except Unfit:
                continue
            yield Way(case, price, workers, size, cost_model.predict(load, price, host, workers, size))
