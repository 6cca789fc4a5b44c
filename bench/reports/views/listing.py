"""The view of a list of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.catalog import OURS
from bench.reports.cells import because, seconds
from bench.reports.report import DETAIL, Column, Report, notes, numbers, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reports.report import Table

_SHOWN = ("lo", "hi", "primes", "limit")
_CHOICES = "choices"  # of the kernel auto: one dict per typical range
_RULE = (
    "auto takes the cheapest kernel of primebench's own code that is installed and exact up to the end of the range.",
    "The costs come from the table in primes/cost.py, for one core of the processor that it names; yours may differ.",
)


def listing(kind: str, entries: Sequence[Mapping[str, Any]]) -> Report:
    """Make the report of a kind's members; the data is the list of entries itself."""
    extra = [key for key in _SHOWN if any(key in entry for entry in entries)]
    gone = any(entry["missing"] for entry in entries)
    filed = any("path" in entry for entry in entries)
    foreign = any(entry.get("origin", OURS) != OURS for entry in entries)
    columns: list[Column | str] = [
        kind.removesuffix("s"),
        "what it is",
        *map(numbers, extra),
        *(["from"] if foreign else []),
        *(["file"] if filed else []),
        *(["missing"] if gone else []),
    ]
    rows = [
        [
            entry["name"],
            entry["summary"],
            *(_text(entry.get(key)) for key in extra),
            *([entry["origin"]] if foreign else []),
            *([entry["path"] or "-"] if filed else []),
            *([because("", entry["missing"]) if entry["missing"] else ""] if gone else []),
        ]
        for entry in entries
    ]
    members = table(columns, rows)
    choices = [choice for entry in entries for choice in entry.get(_CHOICES, ())]
    keys = tuple(dict.fromkeys(key for entry in entries for key in entry if key != _CHOICES))
    tidy = tuple(tuple(entry.get(key) for key in keys) for entry in entries)
    return Report(
        heading=(),
        blocks=(members, _chosen(choices), *notes(_RULE)) if choices else (members,),
        data=list(entries),  # type: ignore[arg-type]
        tidy=(keys, tidy),
    )


def _chosen(choices: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of what auto takes: the cheapest kernel of each range with its cost, and the next one."""
    rows = []
    for choice in choices:
        (name, cost), *others = choice["costs_s"].items()
        following, more = others[0] if others else ("-", None)
        rows.append((choice["range"], name, seconds(cost), following, seconds(more)))
    columns = (
        "range",
        "auto takes",
        numbers("about"),
        Column("next", importance=DETAIL),
        numbers("about", DETAIL, name="its cost"),
    )
    return table(columns, rows, "What auto takes here")


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and value >= 10**15:
        bits = value.bit_length()
        return (
            f"2^{bits - 1}"
            if value == 1 << (bits - 1)
            else f"2^{bits} - 1"
            if value + 1 == 1 << bits
            else f"{value:.3e}"
        )
    return f"{value:,}" if isinstance(value, int) else str(value)
