"""Lifecycles: from how many tasks or batches on reused workers pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis.break_even import Cost, break_even, cost
from bench.analysis.errors import TooFew
from bench.reports import cells
from bench.reports.insight import Insight
from bench.reports.report import DETAIL, USEFUL, Column, numbers, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.record import Record
    from bench.reports.report import Cell, Table
    from bench.samples.rows import Row

# What makes workers anew for each task is compared with reused workers task by task, whatever batches they come in;
# what makes them anew for each batch, batch by batch, because within the first both do the same.
_PAIRS = (
    ("pool-reused", "process-per-task", "task"),
    ("pool-reused", "pool-per-batch", "batch"),
    ("executor-reused", "process-per-task", "task"),
    ("executor-reused", "executor-per-batch", "batch"),
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Workers that are reused against workers that are made anew; ``per`` says what is counted."""

    reused: str
    renewed: str
    setting: tuple[str, ...]
    per: str
    cheap: Cost
    dear: Cost
    doubtful: bool

    @property
    def pays_from(self) -> int | None:
        """From how many on reuse pays; a single batch is no reuse. None for never, and where times are in doubt."""
        if self.doubtful:
            return None
        number = break_even(self.cheap, self.dear)
        return number if number is None or self.per == "task" else max(2, number)


def insight(record: Record, rows: Sequence[Row]) -> Insight:
    """Return the break-even of every pair that was measured with two numbers of tasks or batches at least."""
    found = [
        _Entry(
            reused, renewed, setting, per, costs[reused], costs[renewed], _doubtful(rows, setting, (reused, renewed))
        )
        for setting in dict.fromkeys(map(_setting, rows))
        for reused, renewed, counted in _PAIRS
        for per, costs in _costs([row for row in rows if _setting(row) == setting], counted).items()
        if reused in costs and renewed in costs
    ]
    if not found:
        return Insight()
    return Insight(tables=(_table(found),), data={"break_even": [_data(entry) for entry in found]})


def _setting(row: Row) -> tuple[str, ...]:
    params = dict(row.case.params)
    return tuple(str(params.get(axis)) for axis in ("workers", "start"))


def _doubtful(rows: Sequence[Row], setting: tuple[str, ...], members: tuple[str, ...]) -> bool:
    return any(row.doubts for row in rows if row.case.member in members and _setting(row) == setting)


def _costs(rows: Sequence[Row], counted: str) -> Mapping[str, Mapping[str, Cost]]:
    """Return what is counted, in words -> member -> cost; batches of different sizes are counted apart."""
    points: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for row in rows:
        params = dict(row.case.params)
        tasks, batches = params.get("tasks"), params.get("batches")
        if row.typical_s is not None and isinstance(tasks, int) and isinstance(batches, int):
            per, number = ("task", tasks * batches) if counted == "task" else (f"batch of {tasks}", batches)
            # Times are per batch; what pays is a matter of all batches together.
            own = points.setdefault(per, {}).setdefault(row.case.member, [])
            own.append((number, row.typical_s * batches))
    return {per: _lines(members) for per, members in points.items()}


def _lines(members: Mapping[str, Sequence[tuple[int, float]]]) -> Mapping[str, Cost]:
    found = {}
    for member, own in members.items():
        try:
            found[member] = cost(own)
        except TooFew:
            continue
    return found


def _table(found: Sequence[_Entry]) -> Table:
    return table(
        (
            "reused",
            "against",
            Column("workers", movable=True),
            Column("start", movable=True),
            "per",
            numbers("making it", DETAIL),
            numbers("each", USEFUL),
            numbers("anew: making", DETAIL),
            numbers("anew: each", USEFUL),
            numbers("pays from"),
        ),
        [
            (
                entry.reused,
                entry.renewed,
                *entry.setting,
                entry.per,
                *_costs_of(entry.cheap),
                *_costs_of(entry.dear),
                _from(entry),
            )
            for entry in found
        ],
        "From how many tasks or batches on reuse pays",
    )


def _costs_of(side: Cost) -> tuple[Cell, Cell]:
    return cells.seconds(side.fixed_s or None), cells.seconds(side.each_s)


def _from(entry: _Entry) -> str:
    if entry.doubtful:
        return "in doubt"
    if entry.pays_from is None:
        return "never"
    if entry.per == "task":
        return f"{entry.pays_from} task{'s' if entry.pays_from != 1 else ''}"
    return f"{entry.pays_from} batches"


def _data(entry: _Entry) -> dict[str, object]:
    return {
        "reused": entry.reused,
        "renewed": entry.renewed,
        "workers": entry.setting[0],
        "start": entry.setting[1],
        "per": entry.per,
        "fixed_s": entry.cheap.fixed_s,
        "each_s": entry.cheap.each_s,
        "renewed_fixed_s": entry.dear.fixed_s,
        "renewed_each_s": entry.dear.each_s,
        "pays_from": entry.pays_from,
        "doubtful": entry.doubtful,
    }
