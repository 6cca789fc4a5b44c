"""One row per case of a record: its time, and how that compares with the serial loop and with the ceiling."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.store.suite import PREFIX
from primes import workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case, Value
    from bench.core.record import Record, Result

SERIAL, CEILING = "serial", "ceiling"


@dataclass(frozen=True, slots=True)
class Row:
    """One case.

    Attributes:
        case: the point.
        status: ``ok``, the failure's kind, ``skipped``, ``missing``, or ``pending`` when no round has reached it.
        minima_s: the least time per operation of each process, in the order in which they ran.
        min_s: the least time per operation.
        typical_s: the median over processes of each process's minimum; what speed-ups are made of.
        median_s: the median of all values.
        spread: distance of the quartiles of the processes' minima over their median; None below 2 processes.
        processes: how many processes the times come from.
        speedup: serial time / this time, times the workers where the range grows with them.
        efficiency: speedup / workers.
        of_ceiling: ceiling time / this time.
        oversubscribed: whether there are more workers than usable CPUs.
        facts: what the family measured beside the time; the median over processes where it is a number.
        reason: why there is no time, or None.
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
    efficiency: float | None = None
    of_ceiling: float | None = None
    oversubscribed: bool = False
    facts: Mapping[str, Value] | None = None
    reason: str | None = None


def rows_of(record: Record) -> tuple[Row, ...]:
    """Return a row for every case of the plan, in the plan's order, and behind them one for every skip."""
    typical = {key: typical_s(result) for key, result in record.results.items() if result.samples}
    rows = [_row(record, case, typical) for case in record.plan.cases]
    rows += [Row(skip.case, skip.kind, reason=skip.reason) for skip in record.plan.skips]
    return tuple(rows)


def typical_s(result: Result) -> float:
    """Return the median over processes of the minimum of each, in seconds per operation.

    Noise of work that keeps all CPUs busy only adds time, so the minimum locates a process; the median over processes
    then ignores a process that was unlucky as a whole.
    """
    return statistics.median(min(row) for row in result.samples)


def _row(record: Record, case: Case, typical: Mapping[str, float]) -> Row:
    failure = record.failures.get(case.id)
    if failure:
        return Row(case, failure.kind, reason=failure.message)
    result = record.results.get(case.id)
    if result is None or case.id not in typical:
        return Row(case, "pending", reason="no round has reached it; --resume completes the record")
    values = [value for row in result.samples for value in row]
    workers = dict(case.params).get("workers")
    references = record.plan.references.get(case.id, {})
    serial, ceiling = (typical.get(references.get(name, "")) for name in (SERIAL, CEILING))
    own = typical[case.id]
    alone = own / growth(case)  # the time for the work of one worker, which is what both references do
    speedup = serial / alone if serial else None
    return Row(
        case,
        "ok",
        minima_s=tuple(min(row) for row in result.samples),
        min_s=min(values),
        typical_s=own,
        median_s=statistics.median(values),
        spread=_spread([min(row) for row in result.samples]),
        processes=len(result.samples),
        speedup=speedup,
        efficiency=speedup / workers if speedup and isinstance(workers, int) else None,
        of_ceiling=ceiling / alone if ceiling and case.member != SERIAL else None,
        oversubscribed=isinstance(workers, int) and workers > record.machine.usable_cpus,
        facts=_facts(result),
    )


def growth(case: Case) -> int:
    """Return how many times the serial loop's work a case does: P where the range grows with P workers, else 1.

    The ceiling's time is already that of one copy.
    """
    params = dict(case.params)
    name, workers = str(params.get("workload", NONE)), params.get("workers")
    if name == NONE or not isinstance(workers, int) or case.member == CEILING:
        return 1
    try:
        return workers if workload.load(name).grows else 1
    except (ImportError, TypeError):  # a record may name a workload that only another version has
        return 1


def _spread(minima: list[float]) -> float | None:
    if len(minima) < 2:
        return None
    first, _, third = statistics.quantiles(minima, n=4, method="inclusive")
    return (third - first) / statistics.median(minima)


def _facts(result: Result) -> dict[str, Value]:
    prefix = f"{PREFIX}{result.case.family}_"
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


def workers_of(row: Row) -> int | None:
    """Return the number of workers of a row's case, or None where the axis means nothing."""
    return workers_of_case(row.case)


def workers_of_case(case: Case) -> int | None:
    """Return the number of workers of a case, or None where the axis means nothing."""
    workers = dict(case.params).get("workers", NONE)
    return workers if isinstance(workers, int) else None
