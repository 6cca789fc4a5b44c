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
    """Make the table of one ladder; a step without a time says why."""
    lines = []
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
                "" if step is None else f"{sign} {format_seconds(abs(step))}",
                f"{ratio:.2f} x" if ratio is not None else "-",
                "",
            )
        )
    width = 5 if any(line[4] for line in lines) else 4
    head = ("step", "time", "change", "to the first", "status")
    return Table(head[:width], tuple(line[:width] for line in lines), ladder.title, frozenset({1, 2, 3}))


def ladder_data(ladder: Ladder, rows: Mapping[str, Row]) -> Sequence[dict[str, Any]]:
    """Return one dict per step: label, id, status, seconds, step_s (from the last step with a time), ratio."""
    found: list[dict[str, Any]] = []
    first = last = None
    for label, key in ladder.steps:
        row = rows.get(key)
        seconds = row.typical_s if row else None
        found.append(
            {
                "label": label,
                "id": key,
                "status": row.status if row else "pending",
                "seconds": seconds,
                "step_s": seconds - last if seconds is not None and last is not None else None,
                "ratio": seconds / first if seconds is not None and first else None if seconds is None else 1.0,
            }
        )
        if seconds is not None:
            first = first or seconds
            last = seconds
    return found
