"""The view of what backends make of faults: one row per fault, and whether the contract is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.units import format_seconds
from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HEAD = ("backend", "fault", "outcome", "contract", "others_lost", "left", "message", "seconds")
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
    table = Table(
        ("backend", "fault", "outcome", "after", "contract", "other tasks lost", "left behind", "reason"),
        tuple(_texts(row) for row in rows),
        numeric=frozenset({3}),
    )
    missing = Table(("backend", "not tried"), tuple(skips))
    return Report(
        heading=(),
        tables=tuple(each for each in (table, missing) if each.rows),
        notes=(f"{len(rows) - broken} kept, {broken} broken, {len(skips)} not tried.", *_NOTES),
        data={"faults": rows, "kept": len(rows) - broken, "broken": broken, "skipped": dict(skips)},
        tidy=(_HEAD, tuple(tuple(_cell(row[key]) for key in _HEAD) for row in rows)),
    )


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        row["backend"],
        row["fault"],
        row["outcome"],
        format_seconds(row["seconds"]),
        row["contract"],
        row["others_lost"],
        ", ".join(row["left"]),
        row["message"],
    )
