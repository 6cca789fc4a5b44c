"""The view of a list of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.catalog import OURS
from bench.core.units import format_seconds
from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    foreign = any(entry.get("origin", OURS) != OURS for entry in entries)
    head = [kind.removesuffix("s"), "what it is", *extra]
    head += [*(["from"] if foreign else []), *(["missing"] if gone else [])]
    rows = [
        [
            entry["name"],
            entry["summary"],
            *(_text(entry.get(key)) for key in extra),
            *([entry["origin"]] if foreign else []),
            *([entry["missing"] or ""] if gone else []),
        ]
        for entry in entries
    ]
    table = Table(tuple(head), tuple(map(tuple, rows)), numeric=frozenset(range(2, 2 + len(extra))))
    choices = [choice for entry in entries for choice in entry.get(_CHOICES, ())]
    keys = tuple(dict.fromkeys(key for entry in entries for key in entry if key != _CHOICES))
    tidy = tuple(tuple(entry.get(key) for key in keys) for entry in entries)
    return Report(
        heading=(),
        tables=(table, _chosen(choices)) if choices else (table,),
        notes=_RULE if choices else (),
        data=list(entries),  # type: ignore[arg-type]
        tidy=(keys, tidy),
    )


def _chosen(choices: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of what auto takes: the cheapest kernel of each range with its cost, and the next one."""
    rows = []
    for choice in choices:
        (name, cost), *others = choice["costs_s"].items()
        following, more = (others[0][0], format_seconds(others[0][1])) if others else ("-", "-")
        rows.append((choice["range"], name, format_seconds(cost), following, more))
    return Table(
        ("range", "auto takes", "about", "next", "about"), tuple(rows), "What auto takes here", frozenset({2, 4})
    )


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
