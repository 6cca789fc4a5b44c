"""One row per case of a record: its time, and how that compares with the serial loop and with the ceiling."""

from __future__ import annotations

import functools
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.analysis import estimator
from bench.core.observation import WHY
from bench.core.reason import Kind, Reason, said
from bench.core.record import key_of
from bench.core.reference import Role
from bench.samples.parallelism import on_cluster
from bench.store.identity import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case, Value
    from bench.core.observation import Observation
    from bench.core.record import Record, Result

Ends = tuple[float | None, float | None]
NO_ENDS: Ends = (None, None)


@dataclass(frozen=True, slots=True)
class Row:
    """One case.

    Attributes:
        case: the point.
        status: ``ok``, the failure's kind, ``skipped``, ``missing``, or ``pending`` when no round has reached it.
        minima_s: the least time per operation of each process, in the order in which they ran.
        min_s: the least time per operation.
        typical_s: the time of the case, see `bench.analysis.estimator`; what speed-ups are made of.
        median_s: the median of all values.
        spread: how far the processes were apart, relative to the time; None below 2 processes.
        processes: how many processes the times come from.
        speedup: serial time / this time, times how many times the work of one worker it is.
        speedup_ends: ends of its 95 % interval; None where there are too few processes.
        efficiency: speedup / workers.
        of_ceiling: ceiling time / this time, times how many times the work of one worker it is.
        of_ceiling_ends: ends of its 95 % interval; None where there are too few processes.
        role: what the case is to others, or None.
        cpu: CPU seconds of all processes / (wall time x workers), of the observed body.
        cpu_s: CPU seconds of all processes per operation, in the observed body.
        memory_bytes: the most that all processes had together in it.
        unseen: why one of these two is not known although the case was to be observed.
        oversubscribed: whether there are more workers than usable CPUs.
        facts: what the family measured beside the time; the median over processes where it is a number.
        own_facts: the same of what this member alone tells, by names that begin with the member's.
        reason: why there is no time, or None.
        doubts: why the figures cannot be trusted, see `bench.reports.doubts`.
        side: who measured, where several sides did.
    """

    case: Case
    status: str
    minima_s: tuple[float, ...] = ()
    min_s: float | None = None
    typical_s: float | None = None
    median_s: float | None = None
    spread: float | None = None
    processes: int = 0
    speedup: float | None = None
    speedup_ends: Ends = NO_ENDS
    efficiency: float | None = None
    of_ceiling: float | None = None
    of_ceiling_ends: Ends = NO_ENDS
    role: Role | None = None
    cpu: float | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    unseen: str = ""
    oversubscribed: bool = False
    facts: Mapping[str, Value] | None = None
    own_facts: Mapping[str, Value] | None = None
    reason: Reason | None = None
    doubts: tuple[str, ...] = ()
    side: str = ""

    @property
    def ends(self) -> Ends:
        """The ends of the exact 95 % interval of the time, see `estimator.ends`; none below 6 processes."""
        return _ends(self.minima_s)

    @property
    def key(self) -> str:
        """What the row's times are called in its record."""
        return key_of(self.case, self.side)


_ends = functools.cache(estimator.ends)  # a table and a chart ask for the same


def rows_of(record: Record) -> tuple[Row, ...]:
    """Return a row for every case of the plan, in the plan's order, and behind them one for every skip."""
    minima = {key: estimator.least(result.samples) for key, result in record.results.items() if result.samples}
    roles = record.plan.roles
    rows = [
        replace(_row(record, case, side, minima, roles.get(case.id)), side=side, role=roles.get(case.id))
        for case, side in record.points
    ]
    rows += [Row(skip.case, skip.kind, reason=said(skip.reason)) for skip in record.plan.skips]
    return tuple(rows)


def _row(record: Record, case: Case, side: str, minima: Mapping[str, tuple[float, ...]], role: Role | None) -> Row:
    key = key_of(case, side)
    failure = record.failures.get(key)
    if failure:
        return Row(case, failure.kind, reason=said(failure.message))
    result = record.results.get(key)
    if result is None or key not in minima:
        return Row(case, "pending", reason=Reason(Kind.NOT_REACHED))
    values = [value for row in result.samples for value in row]
    workers = case.workers
    baseline, limit = (minima.get(record.plan.reference(case.id, one)) for one in (Role.BASELINE, Role.LIMIT))
    own = minima[key]
    # Both references do the work of one worker.
    times = record.plan.times(case.id)
    speedup = estimator.quotient(baseline, own).scaled(times) if baseline else None
    elsewhere = on_cluster(record, case)
    # The ceiling of this machine limits nothing on a cluster; older records have no other.
    limits = role is not Role.BASELINE and elsewhere == _has_limit_there(record, case)
    share = estimator.quotient(limit, own).scaled(times) if limit and limits else None
    return Row(
        case,
        "ok",
        minima_s=own,
        min_s=min(own),
        typical_s=estimator.time(own),
        median_s=statistics.median(values),
        spread=estimator.spread(own),
        processes=len(own),
        speedup=speedup.value if speedup else None,
        speedup_ends=(speedup.low, speedup.high) if speedup else NO_ENDS,
        efficiency=speedup.value / workers if speedup and workers is not None else None,
        of_ceiling=share.value if share else None,
        of_ceiling_ends=(share.low, share.high) if share else NO_ENDS,
        oversubscribed=workers is not None and workers > record.machine.usable_cpus and not elsewhere,
        facts=_facts(result, result.case.family),
        own_facts=_own_facts(result),
        **_use(record.observations.get(key), result),
    )


def _has_limit_there(record: Record, case: Case) -> bool:
    if not record.cluster:
        return False
    limit = record.plan.reference(case.id, Role.LIMIT)
    return any(on_cluster(record, other) for other in record.plan.cases if other.id == limit)


def _use(seen: Observation | None, result: Result) -> dict[str, Any]:
    if seen is None:
        return {}
    why = seen.why("all") or seen.why("cpu_ratio") or seen.why("memory_bytes")
    operations = result.processes[-1].metadata.get("inner_loops", 1)
    cpu_s = seen.cpu_s / operations if seen.cpu_s is not None and isinstance(operations, int) and operations else None
    return {
        "cpu": seen.cpu_ratio,
        "cpu_s": cpu_s,
        "memory_bytes": seen.memory_bytes,
        "unseen": WHY.get(why, why) if why else "",
    }


def _own_facts(result: Result) -> dict[str, Value]:
    member = result.case.member.replace("-", "_")
    told = {f"{member}_{name}": value for name, value in _facts(result, member).items()}
    return {name: value for name, value in told.items() if name not in dict(result.case.params)}


def _facts(result: Result, whose: str) -> dict[str, Value]:
    prefix = f"{PREFIX}{whose}_"
    gathered: dict[str, list[Any]] = {}
    for process in result.processes:
        if process.values:
            for key, value in process.metadata.items():
                if key.startswith(prefix):
                    gathered.setdefault(key.removeprefix(prefix), []).append(value)
    return {name: _middle(values) for name, values in gathered.items()}


def _middle(values: list[Any]) -> Value:
    if any(isinstance(value, str) for value in values):
        return str(values[-1])
    return float(statistics.median(values))
