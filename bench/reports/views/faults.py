"""The view of what backends make of faults: one row per fault, and whether the contract is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reports.cells import because, seconds
from bench.reports.report import Column, Report, notes, numbers, table, tabulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bench.reports.report import Cell

_HEAD = ("backend", "fault", "outcome", "contract", "others_lost", "left", "message", "seconds")
_COLUMNS: tuple[tuple[Column | str, Callable[[Mapping[str, Any]], Cell | str]], ...] = (
    ("backend", lambda row: str(row["backend"])),
    ("fault", lambda row: str(row["fault"])),
    ("outcome", lambda row: because(row["outcome"], row["message"] if row["outcome"] != "right" else "")),
    (numbers("after"), lambda row: seconds(row["seconds"])),
    (Column("contract", movable=True), lambda row: str(row["contract"])),
    (Column("other tasks lost"), lambda row: str(row["others_lost"])),
    (Column("left behind", movable=True), lambda row: ", ".join(row["left"]) or "nothing"),
)
_NOTES = (
    "Each fault is one task of a job that kills its worker, exits, hangs, raises, lies, or raises what cannot be "
    "unpickled or pickled. A deadline that ends the wait for a dead worker keeps the contract: that backend does not "
    "hear of deaths.",
    "What the death of a worker cost: which of the other tasks were not carried out.",
)


def faults(findings: Iterable[Mapping[str, Any]], skips: Sequence[tuple[str, str]]) -> Report:
    """Make the report.

    Args:
        findings: one dict for each backend and fault, with the keys of the table.
        skips: (backend, why it was not tried).
    """
    rows = [{key: finding[key] for key in _HEAD} for finding in findings]
    broken = sum(row["contract"] != "kept" for row in rows)
    tried = tabulated(_COLUMNS, rows)
    missing = table(("backend", "not tried"), skips)
    return Report(
        heading=(),
        blocks=(
            *(each for each in (tried, missing) if each.rows),
            *notes((f"{len(rows) - broken} kept, {broken} broken, {len(skips)} not tried.", *_NOTES)),
        ),
        data={"faults": rows, "kept": len(rows) - broken, "broken": broken, "skipped": dict(skips)},
        tidy=(_HEAD, tuple(tuple(_cell(row[key]) for key in _HEAD) for row in rows)),
    )


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
