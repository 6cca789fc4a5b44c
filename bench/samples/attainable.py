"""The largest speed-up that a case can reach: what lies above it is the fault of a time, not the merit of a backend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

from bench.core import jobs
from bench.core.reference import Role
from bench.samples.parallelism import on_cluster, parallelism
from bench.store.identity import GIL

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.record import Record

_COMPUTES = 0.9
"""Share of CPU time in the plain loop from which a job is taken for one that does not wait: of one that does not, it is
0.95 and more even where others use the CPUs a little."""


class Limit(StrEnum):
    """What sets the largest speed-up."""

    WORKERS = auto()
    CPUS = auto()
    LOCK = auto()  # threads of which one holds the interpreter lock


@dataclass(frozen=True, slots=True)
class Attainable:
    """A largest speed-up and what sets it."""

    speedup: int
    limit: Limit


def attainable(record: Record, case: Case) -> Attainable | None:
    """Return what a case of the backends can reach at most; None for a case without workers.

    One worker does no more than one serial loop, nor does one CPU. Threads share one CPU under a global interpreter
    lock, if the job is known to hold it. A quota is no limit: short work may be done before it is used up.
    """
    workers = case.workers
    if case.family != "backends" or workers is None or workers < 1:
        return None
    if on_cluster(record, case):
        return None if record.others else Attainable(workers, Limit.WORKERS)
    cpus = len(record.plan.affinity) or record.machine.logical_cpus or workers
    if _lock_on(record, case) and workers > 1 and parallelism(case.member) == "threads" and _holds_gil(case):
        return Attainable(1, Limit.LOCK)
    if cpus < workers and not _waits(record, case):
        return Attainable(cpus, Limit.CPUS)
    return Attainable(workers, Limit.WORKERS)


def _lock_on(record: Record, case: Case) -> bool:
    """Say whether threads shared an interpreter lock; in a build without one a module may have switched it on."""
    result = record.results.get(case.id)
    told = [process.metadata[GIL] for process in result.processes if GIL in process.metadata] if result else []
    return any(told) if told else record.machine.gil


def _waits(record: Record, case: Case) -> bool:
    """Say whether the job was seen to wait in the plain loop, so that more workers than CPUs wait at once."""
    seen = record.observations.get(record.plan.reference(case.id, Role.BASELINE) or "")
    return seen is not None and seen.cpu_ratio is not None and seen.cpu_ratio < _COMPUTES


def _holds_gil(case: Case) -> bool:
    params = dict(case.params)
    kind = jobs.ours(params)
    return kind is not None and kind.holds_gil(params)
