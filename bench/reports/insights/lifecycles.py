"""Lifecycles: from how many tasks on a reused crew pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.break_even import Cost, break_even, cost
from bench.analysis.errors import TooFew
from bench.core.units import format_seconds
from bench.reports.insight import Insight
from bench.reports.report import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.record import Record
    from bench.reports.rows import Row

_PAIRS = (
    ("pool-reused", "process-per-task"),
    ("pool-reused", "pool-per-batch"),
    ("executor-reused", "process-per-task"),
    ("executor-reused", "executor-per-batch"),
)


def insight(record: Record, rows: Sequence[Row]) -> Insight:
    """Return the break-even of every pair that was measured with two numbers of tasks at least."""
    found = []
    for setting in dict.fromkeys(map(_setting, rows)):
        costs = _costs([row for row in rows if _setting(row) == setting])
        for reused, renewed in _PAIRS:
            if reused in costs and renewed in costs:
                found.append((setting, reused, renewed, costs[reused], costs[renewed]))
    if not found:
        return Insight()
    return Insight(
        tables=(_table(found),),
        data={"break_even": [_data(*entry) for entry in found]},
    )


def _setting(row: Row) -> tuple[str, ...]:
    params = dict(row.case.params)
    return tuple(str(params.get(axis)) for axis in ("workers", "start"))


def _costs(rows: Sequence[Row]) -> Mapping[str, Cost]:
    points: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        params = dict(row.case.params)
        tasks, batches = params.get("tasks"), params.get("batches")
        if row.typical_s is not None and isinstance(tasks, int) and isinstance(batches, int):
            # Times are per batch; what pays is a matter of all batches together.
            points.setdefault(row.case.member, []).append((tasks * batches, row.typical_s * batches))
    found = {}
    for member, own in points.items():
        try:
            found[member] = cost(own)
        except TooFew:
            continue
    return found


_Entry = tuple[tuple[str, ...], str, str, Cost, Cost]


def _table(found: Sequence[_Entry]) -> Table:
    return Table(
        head=("reused", "against", "workers", "start", "making it", "each task", "against, each", "pays from"),
        rows=tuple(
            (
                reused,
                renewed,
                *setting,
                format_seconds(max(cheap.fixed_s, 0.0)),
                format_seconds(cheap.each_s),
                format_seconds(dear.each_s),
                _from(break_even(cheap, dear)),
            )
            for setting, reused, renewed, cheap, dear in found
        ),
        title="From how many tasks on reuse pays",
        numeric=frozenset({4, 5, 6, 7}),
    )


def _from(tasks: int | None) -> str:
    return "never" if tasks is None else f"{tasks} tasks" if tasks > 1 else "1 task"


def _data(setting: tuple[str, ...], reused: str, renewed: str, cheap: Cost, dear: Cost) -> dict[str, object]:
    return {
        "reused": reused,
        "renewed": renewed,
        "workers": setting[0],
        "start": setting[1],
        "fixed_s": cheap.fixed_s,
        "each_s": cheap.each_s,
        "renewed_each_s": dear.each_s,
        "tasks": break_even(cheap, dear),
    }
