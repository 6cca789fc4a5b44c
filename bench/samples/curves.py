"""Sweeps of one record: which cases differ only in the number of workers, and which only in the size of their tasks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench.analysis import estimator
from bench.analysis.metg import Level
from bench.core import jobs
from bench.core.case import Case
from bench.core.reference import Role
from bench.samples.attainable import attainable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.core.record import Record
    from bench.samples.rows import Row

WORKERS, CHUNKSIZE = "workers", "chunksize"


@dataclass(frozen=True, slots=True)
class Curve:
    """Cases that differ only in their number of workers.

    Attributes:
        case: one of them; its workers mean nothing here.
        baseline: the member that does the work without any parallelism.
        weak: whether the work grows with the workers.
        baseline_s: seconds of the serial loop for the work of one worker, the minimum of each process.
        parallel_s: P -> seconds of the whole work, the minimum of each process.
        limit_s: P -> seconds in which P copies each do the work of one worker.
        failed: P -> why there is no time.
        doubts: P -> why its figures cannot be trusted.
        most: P -> the largest speed-up that can be reached.
        side: who measured, where several sides did.
        limit_doubts: P -> why the ceiling cannot be trusted.
    """

    case: Case
    baseline: str
    weak: bool
    baseline_s: tuple[float, ...]
    parallel_s: Mapping[int, tuple[float, ...]]
    limit_s: Mapping[int, tuple[float, ...]]
    failed: Mapping[int, str]
    doubts: Mapping[int, tuple[str, ...]]
    most: Mapping[int, int]
    side: str = ""
    limit_doubts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def alone_s(self) -> dict[int, list[float]]:
        """P -> seconds for the work of one worker, so that weak and fixed work are read alike."""
        return {
            workers: [time / (workers if self.weak else 1) for time in times]
            for workers, times in self.parallel_s.items()
        }


@dataclass(frozen=True, slots=True)
class TaskSweep:
    """Cases with equally many tasks of different sizes.

    Attributes:
        case: one of them; its chunksize and the axes that say how much there is to do mean nothing here.
        workers: that share the tasks.
        tasks: how many there are in every case.
        levels: one per size, against the serial loop.
        limit_levels: the same against the ceiling, for those sizes at which it was measured.
        doubts: level -> why its times cannot be trusted; of those that can there is none.
        side: who measured, where several sides did.
    """

    case: Case
    workers: int
    tasks: int
    levels: tuple[Level, ...]
    limit_levels: tuple[Level, ...]
    doubts: Mapping[Level, tuple[str, ...]]
    side: str = ""


def curves(record: Record, rows: Sequence[Row]) -> tuple[Curve, ...]:
    """Return the curves of all members with a number of workers, in the order of the plan.

    Those without a serial loop are left out. What plays a role for the others has no curve of its own.

    Args:
        record: what was measured.
        rows: all of it, each with its doubts.
    """
    return tuple(
        replace(curve, side=name) for name, part in record.apart for curve in _curves(part, _of_side(rows, name))
    )


def _of_side(rows: Iterable[Row], side: str) -> dict[str, Row]:
    return {row.case.id: row for row in rows if not side or row.side == side}


def _curves(record: Record, rows: Mapping[str, Row]) -> tuple[Curve, ...]:
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in _swept(record):
        groups.setdefault(_without(case, {WORKERS}), []).append(case)
    found = [_curve(record, cases, rows) for cases in groups.values()]
    return tuple(curve for curve in found if curve is not None)


def _swept(record: Record) -> Iterator[Case]:
    roles = record.plan.roles
    for case in record.plan.cases:
        if case.id not in roles and isinstance(dict(case.params).get(WORKERS), int):
            yield case


def _without(case: Case, axes: set[str]) -> tuple[object, ...]:
    return (case.family, case.member, *(pair for pair in case.params if pair[0] not in axes))


def _curve(record: Record, cases: list[Case], rows: Mapping[str, Row]) -> Curve | None:
    baseline: tuple[float, ...] = ()
    parallel: dict[int, tuple[float, ...]] = {}
    limits: dict[int, tuple[float, ...]] = {}
    failed, doubts, most, limit_doubts = {}, {}, {}, {}
    for case in cases:
        workers = int(case[WORKERS])
        top = attainable(record, case)
        most[workers] = top.speedup if top else workers
        baseline = baseline or _minima(record, record.plan.reference(case.id, Role.BASELINE))
        if times := _minima(record, case.id):
            parallel[workers] = times
            if rows[case.id].doubts:
                doubts[workers] = rows[case.id].doubts
        elif case.id in record.failures:
            failed[workers] = f"{record.failures[case.id].kind}: {record.failures[case.id].message}"
        # The ceiling's seconds per operation are the wall time of all copies divided by their number.
        limit = record.plan.reference(case.id, Role.LIMIT)
        if copies := _minima(record, limit):
            limits[workers] = tuple(workers * time for time in copies)
            if limit in rows and rows[limit].doubts:
                limit_doubts[workers] = rows[limit].doubts
    if not baseline or not parallel:
        return None
    members = {case.id: case.member for case in record.plan.cases}
    loop = members[record.plan.reference(cases[0].id, Role.BASELINE)]
    weak = any(record.plan.times(case.id) > 1 for case in cases)
    return Curve(cases[0], loop, weak, baseline, parallel, limits, failed, doubts, most, limit_doubts=limit_doubts)


def _minima(record: Record, key: str) -> tuple[float, ...]:
    result = record.results.get(key)
    return estimator.least(result.samples) if result else ()


def task_sweeps(record: Record, rows: Sequence[Row]) -> tuple[TaskSweep, ...]:
    """Return the sweeps over task sizes; of several with different numbers of tasks, the one with the most sizes.

    Cases that all do the same work, and only hand it out in other messages, are no sweep.
    """
    return tuple(
        replace(sweep, side=name) for name, part in record.apart for sweep in _task_sweeps(part, _of_side(rows, name))
    )


def _task_sweeps(record: Record, rows: Mapping[str, Row]) -> tuple[TaskSweep, ...]:
    groups: dict[tuple[object, ...], dict[int, list[Case]]] = {}
    for case in _swept(record):
        tasks = _tasks(record, case)
        if tasks and _minima(record, case.id):
            groups.setdefault(_without(case, sizing_axes()), {}).setdefault(tasks, []).append(case)
    found, work = [], record.plan.work
    for by_tasks in groups.values():
        sweeps = {tasks: own for tasks, own in by_tasks.items() if len({work[case.id].name for case in own}) > 1}
        if not sweeps:
            continue
        tasks, cases = max(sweeps.items(), key=lambda item: len(item[1]))
        workers = int(cases[0][WORKERS])
        levels: list[Level] = []
        limit_levels: list[Level] = []
        doubts: dict[Level, tuple[str, ...]] = {}
        for case in cases:
            wall = _minima(record, case.id)
            if baseline := _minima(record, record.plan.reference(case.id, Role.BASELINE)):
                levels.append(Level(tasks, baseline, wall))
            if copies := _minima(record, record.plan.reference(case.id, Role.LIMIT)):
                limit_levels.append(Level(tasks, tuple(workers * time for time in copies), wall))
            if why := rows[case.id].doubts:
                doubts |= dict.fromkeys((*levels[-1:], *limit_levels[-1:]), why)
        found.append(TaskSweep(cases[0], workers, tasks, tuple(levels), tuple(limit_levels), doubts))
    return tuple(found)


def sizing_axes() -> set[str]:
    """Return the axes in which cases of one sweep over task sizes differ."""
    return {CHUNKSIZE, *(axis for kind in jobs.kinds() for axis in kind.of_size)}


def _tasks(record: Record, case: Case) -> int | None:
    """Return the number of tasks of a case whose tasks are chunks of a size that was asked for, else None."""
    work = record.plan.work.get(case.id)
    return work.tasks if work and isinstance(dict(case.params).get(CHUNKSIZE), int) else None
