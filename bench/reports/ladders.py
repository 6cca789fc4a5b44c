"""Tables that put single cases below each other: time, step from the one above, ratio to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.units import format_decimal, format_seconds
from bench.reports import cells, charts
from bench.reports.report import Axis, Cell, Chart, Rule, Series, numbers, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.plan import Ladder
    from bench.reports.report import Table
    from bench.samples.rows import Row


def ladder_table(ladder: Ladder, rows: Mapping[str, Row]) -> Table:
    """Make the table of one ladder; a step without a time, or one whose time is in doubt, says why."""
    lines: list[tuple[Cell | str, ...]] = []
    for entry in ladder_data(ladder, rows):
        if entry["seconds"] is None:
            lines.append((entry["label"], cells.NOTHING, cells.NOTHING, cells.NOTHING, cells.verdict(entry["status"])))
            continue
        step, ratio = entry["step_s"], entry["ratio"]
        sign = "+" if step is not None and step >= 0 else "-"
        lines.append(
            (
                entry["label"],
                cells.seconds(entry["seconds"]),
                ("" if not lines else "-") if step is None else Cell(f"{sign} {format_seconds(abs(step))}", step, "s"),
                cells.NOTHING if ratio is None else Cell(f"{format_decimal(ratio)} x", ratio),
                cells.doubts("in doubt" if entry["doubts"] else "", *entry["doubts"]),
            )
        )
    width = 5 if any(str(line[4]) for line in lines) else 4
    columns = ("step", numbers("time", drawn=True), numbers("change"), numbers("to the first"), "status")
    return table(columns[:width], [line[:width] for line in lines], ladder.title)


def ladder_charts(ladder: Ladder, rows: Mapping[str, Row]) -> tuple[Chart, ...]:
    """Return the chart of one ladder: a bar per step, against the first one; none of fewer than two times.

    Nothing is held against a first step in doubt.
    """
    timed = [entry for entry in ladder_data(ladder, rows) if entry["seconds"] is not None]
    if len(timed) < 2:
        return ()
    bars = Series(
        "time",
        "bars",
        tuple(charts.mark(one["label"], one["seconds"], doubts=one["doubts"]) for one in timed),
    )
    first = () if timed[0]["doubts"] else (Rule("y", timed[0]["seconds"], timed[0]["label"]),)
    return (Chart(ladder.title, Axis("step"), Axis("time", "s"), (bars,), first),)


def ladder_data(ladder: Ladder, rows: Mapping[str, Row]) -> Sequence[dict[str, Any]]:
    """Return one dict per step: label, id, status, seconds, step_s (from the last step with a time), ratio, doubts.

    Nothing is concluded from a time in doubt: neither it nor what would be compared with it has a step or a ratio.
    """
    found: list[dict[str, Any]] = []
    timed: list[Row] = []
    for label, key in ladder.steps:
        row = rows.get(key)
        seconds = row.typical_s if row else None
        if row and seconds is not None:
            timed.append(row)
        found.append(
            {
                "label": label,
                "id": key,
                "status": row.status if row else "pending",
                "seconds": seconds,
                "step_s": None if seconds is None or len(timed) < 2 else _step(timed[-2], timed[-1]),
                "ratio": None if seconds is None else _ratio(timed[0], timed[-1]),
                "doubts": list(row.doubts) if row else [],
            }
        )
    return found


def _step(above: Row, row: Row) -> float | None:
    if above.typical_s is None or row.typical_s is None or above.doubts or row.doubts:
        return None
    return row.typical_s - above.typical_s


def _ratio(first: Row, row: Row) -> float | None:
    if not first.typical_s or row.typical_s is None or first.doubts or row.doubts:
        return None
    return row.typical_s / first.typical_s
