"""Tables that put single cases below each other: time, step from the one above, ratio to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.units import format_seconds
from bench.reports.report import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.plan import Ladder
    from bench.reports.rows import Row


def ladder_table(ladder: Ladder, rows: Mapping[str, Row]) -> Table:
    """Make the table of one ladder; a step without a time, or one whose time is in doubt, says why."""
    lines: list[tuple[str, ...]] = []
    for entry in ladder_data(ladder, rows):
        if entry["seconds"] is None:
            lines.append((entry["label"], "-", "-", "-", entry["status"]))
            continue
        step, ratio = entry["step_s"], entry["ratio"]
        sign = "+" if step is not None and step >= 0 else "-"
        lines.append(
            (
                entry["label"],
                format_seconds(entry["seconds"]),
                ("" if not lines else "-") if step is None else f"{sign} {format_seconds(abs(step))}",
                f"{ratio:.2f} x" if ratio is not None else "-",
                f"in doubt: {'; '.join(entry['doubts'])}" if entry["doubts"] else "",
            )
        )
    width = 5 if any(line[4] for line in lines) else 4
    head = ("step", "time", "change", "to the first", "status")
    return Table(head[:width], tuple(line[:width] for line in lines), ladder.title, frozenset({1, 2, 3}))


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
