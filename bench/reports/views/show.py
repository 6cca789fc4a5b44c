"""The view of one record: what it says in plain sentences and ladders, and below them a row per case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.core.job import SEEN
from bench.reports import cells, charts, naming, tidy
from bench.reports.columns import constants, shared, varying
from bench.reports.doubts import doubted, old_ceiling
from bench.reports.elsewhere import told
from bench.reports.insight import Insight, insight_of
from bench.reports.ladders import ladder_charts, ladder_data, ladder_table
from bench.reports.report import (
    BEST,
    DETAIL,
    USEFUL,
    WEIGHTY,
    Cell,
    Chart,
    Column,
    Report,
    Table,
    key,
    notes,
    numbers,
    tabulated,
)
from bench.reports.wording import word
from bench.samples.rows import Row

if TYPE_CHECKING:
    from bench.core.case import Case, Value
    from bench.core.plan import Ladder
    from bench.core.record import Record
    from bench.core.wanted import Wanted
    from bench.reports.report import Block


def show(record: Record, wanted: Wanted | None = None, file: str = "") -> Report:
    """Make the report of one record, or of those cases that are wanted.

    Raises:
        UsageError: nothing of the record is wanted.
    """
    rows = doubted(record)
    if wanted:
        kept = wanted.among([row.key for row in rows], file or "this record")
        rows = tuple(row for row in rows if row.key in kept)
    families = {row.case.family: [other for other in rows if other.case.family == row.case.family] for row in rows}
    insights = {family: _insight(family, record, own) for family, own in families.items()}
    everywhere = shared(_tried(rows))
    blocks: list[Block] = []
    for family, own in families.items():
        found = insights[family]
        blocks += [_table(own, everywhere), *_times(family, own), *found.tables, *found.charts]
    climbed = [(ladder, by_id) for ladder, by_id in _ladders(record, rows) if not wanted or _whole(ladder, by_id)]
    answers: list[Block] = [*notes(note for insight in insights.values() for note in insight.notes)]
    for ladder, by_id in climbed:
        answers += [ladder_table(ladder, by_id), *ladder_charts(ladder, by_id)]
    footnotes = [note for insight in insights.values() for note in insight.footnotes]
    told_below = [*dict.fromkeys(footnotes), *_explained(record, rows)]
    said = (*told_below, *(note for insight in insights.values() for note in insight.notes))
    return Report(
        heading=(*machines(record), *_jobs(record), *constants(_tried(rows))),
        blocks=(*answers, *blocks, *notes(told_below)),
        data={
            "started_at": record.started_at,
            "machine": asdict(record.machine),
            **({"pythons": pythons} if (pythons := _pythons(record)) else {}),
            **({"others": [asdict(each) for each in record.others]} if record.others else {}),
            **({"cluster": dict(record.cluster)} if record.cluster else {}),
            "cases": [_data(row) for row in rows],
            "ladders": [{"title": ladder.title, "steps": ladder_data(ladder, by_id)} for ladder, by_id in climbed],
            "insights": {family: dict(insight.data) for family, insight in insights.items() if insight.data},
            "notes": list(said),
        },
        tidy=tidy.values(record, rows, file),
    )


def machines(record: Record) -> tuple[str, ...]:
    """Return a line for each machine, and for each Python where several have measured."""
    pythons = [f"{name}: {side.facts}" for name, side in record.sides.items() if side.facts]
    own = record.machine.without_python if pythons else str(record.machine)
    return tuple(dict.fromkeys((own, *pythons, *map(str, record.others))))


def _pythons(record: Record) -> dict[str, Any]:
    return {name: asdict(side.facts) for name, side in record.sides.items() if side.facts}


def _insight(family: str, record: Record, rows: Sequence[Row]) -> Insight:
    """Return what the rows of a family teach; of each side by itself, where sides measure in rounds."""
    if not _several(record):
        return insight_of(family, record, rows)
    found = Insight()
    for name, part in record.apart:
        own = insight_of(family, part, [replace(row, side="") for row in rows if row.side == name])
        found = Insight(
            (*found.tables, *(replace(one, title=_of_side(name, one.title)) for one in own.tables)),
            (*found.charts, *(replace(one, title=_of_side(name, one.title)) for one in own.charts)),
            (*found.notes, *(_of_side(name, note) for note in own.notes)),
            (*found.footnotes, *own.footnotes),
            {**found.data, **({name: dict(own.data)} if own.data else {})},
        )
    return found


def _ladders(record: Record, rows: Sequence[Row]) -> Iterator[tuple[Ladder, dict[str, Row]]]:
    """Yield each ladder with the rows of its steps, by case; of each side by itself, where sides measure in rounds."""
    for ladder in record.plan.ladders:
        if not _several(record):
            yield ladder, {row.key: row for row in rows}
            continue
        for name, _ in record.apart:
            own = {row.case.id: row for row in rows if row.side in (name, "")}
            yield replace(ladder, title=_of_side(name, ladder.title)), own


def _whole(ladder: Ladder, rows: Mapping[str, Row]) -> bool:
    return all(key in rows for _, key in ladder.steps)


def _several(record: Record) -> bool:
    return any(name for name, _ in record.apart)


def _of_side(name: str, text: str) -> str:
    return f"Python {name}: {text}"


def _jobs(record: Record) -> list[str]:
    """Say of which file a user's function is, and of which content; nothing of the prime search."""
    return [
        f"{facts['count']} items, {facts.get('function', 'function')} from {facts['file']} "
        f"({str(facts['source_sha256'])[:12]})" + (f", with {facts[SEEN]}" if facts.get(SEEN) else "")
        for facts in record.jobs.values()
        if facts.get("file")
    ]


def _explained(record: Record, rows: Sequence[Row]) -> list[str]:
    """Say what every reader must know of the table before any sentence is drawn from it."""
    found = told(record)
    doubtful = sum(bool(row.doubts) for row in rows)
    if doubtful:
        found.append(f"{doubtful} of {len(rows)} rows are in doubt; no conclusion is drawn from them.")
    if old_ceiling(record):
        found.append("The ceiling of this older record is that of its slowest copy; newer ones add the copies' rates.")
    return found


def _tried(rows: Sequence[Row]) -> list[Case]:
    return [row.case for row in rows if row.status not in ("skipped", "missing")]


Make = Callable[[Row], Cell | str]


def _table(rows: Sequence[Row], everywhere: Mapping[str, Value]) -> Table:
    """Make the table of a family; what only its own cases share is in the title."""
    sound = [row.speedup for row in rows if row.speedup and row.role is None and not row.doubts]
    best = max(sound) if len(sound) > 1 else None
    columns: list[tuple[Column | str, Make]] = [(_noun(rows), lambda row: row.case.member)]
    columns += [(key("side"), lambda row: row.side)] if any(row.side for row in rows) else []
    columns += [(key(axis), _axis(axis)) for axis in varying(_tried(rows))]
    columns += [
        (numbers("time"), lambda row: cells.seconds(row.typical_s, *row.ends)),
        (numbers("spread", DETAIL), lambda row: cells.percent(row.spread)),
    ]
    columns += [
        (numbers(name, DETAIL), _fact(name)) for name in dict.fromkeys(fact for row in rows for fact in row.facts or {})
    ]
    if any(row.speedup for row in rows):
        columns += [
            (numbers("speed-up", WEIGHTY, drawn=True), lambda row: _speedup(row, best)),
            (numbers("efficiency", DETAIL), lambda row: cells.percent(row.efficiency)),
            (numbers("of ceiling", USEFUL), lambda row: cells.percent(row.of_ceiling, *row.of_ceiling_ends)),
        ]
    if any(row.cpu or row.memory_bytes or row.unseen for row in rows):
        columns += [
            (numbers("cpu", DETAIL), lambda row: _seen(row, cells.percent(row.cpu))),
            (numbers("memory", DETAIL), lambda row: _seen(row, cells.size(row.memory_bytes))),
        ]
    if any(row.status != "ok" for row in rows):
        columns.append(("status", lambda row: cells.verdict(row.status, word(row.reason) if row.reason else "")))
    if any(row.doubts for row in rows):
        columns.append(("in doubt", lambda row: cells.doubts("", *row.doubts)))
    own = [f"{axis} {value}" for axis, value in shared(_tried(rows)).items() if axis not in everywhere]
    return tabulated(columns, rows, f"{rows[0].case.family}: {', '.join(own)}" if own else "")


def _speedup(row: Row, best: float | None) -> Cell:
    cell = cells.decimal(row.speedup, 2, *row.speedup_ends)
    is_best = best is not None and row.speedup == best and row.role is None and not row.doubts
    return replace(cell, tone=BEST) if is_best else cell


def _seen(row: Row, cell: Cell) -> Cell:
    return cell if cell.value is not None or not row.unseen else replace(cell, reasons=(row.unseen,))


def _times(family: str, rows: Sequence[Row]) -> list[Chart]:
    """Return the chart of a family's times; a single one needs none."""
    axes = varying(_tried(rows))
    marks = [
        charts.mark(naming.apart(row.case, axes, row.side), row.typical_s, *row.ends, doubts=row.doubts)
        for row in rows
        if row.typical_s is not None
    ]
    return [charts.times(f"Times of {family}", marks)] if len(marks) > 1 else []


def _noun(rows: Sequence[Row]) -> str:
    return rows[0].case.family.removesuffix("s")


def _axis(axis: str) -> Make:
    def cell(row: Row) -> str:
        value = dict(row.case.params).get(axis, NONE)
        mark = " *" if axis == "workers" and row.oversubscribed else ""
        return "-" if value == NONE else f"{value}{mark}"

    return cell


def _fact(name: str) -> Make:
    def cell(row: Row) -> Cell | str:
        value = (row.facts or {}).get(name)
        if value is None:
            return cells.NOTHING
        if isinstance(value, str):
            return value
        if name.endswith("_s"):
            return cells.seconds(value)
        return Cell(f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.4g}", value)

    return cell


def _data(row: Row) -> dict[str, Any]:
    low, high = row.ends
    return {
        "id": row.key,
        "family": row.case.family,
        "member": row.case.member,
        "params": dict(row.case.params) | ({"side": row.side} if row.side else {}),
        "status": row.status,
        "min_s": row.min_s,
        "minima_s": list(row.minima_s),
        "typical_s": row.typical_s,
        "low_s": low,
        "high_s": high,
        "median_s": row.median_s,
        "spread": row.spread,
        "processes": row.processes,
        "speedup": row.speedup,
        "speedup_low": row.speedup_ends[0],
        "speedup_high": row.speedup_ends[1],
        "efficiency": row.efficiency,
        "of_ceiling": row.of_ceiling,
        "of_ceiling_low": row.of_ceiling_ends[0],
        "of_ceiling_high": row.of_ceiling_ends[1],
        "cpu": row.cpu,
        "cpu_s": row.cpu_s,
        "memory_bytes": row.memory_bytes,
        "oversubscribed": row.oversubscribed,
        "facts": {**(row.facts or {}), **(row.own_facts or {})},
        "reason": row.reason and word(row.reason),
        "doubts": list(row.doubts),
    }
