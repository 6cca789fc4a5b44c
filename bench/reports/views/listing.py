"""The view of a list of members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = ("lo", "hi", "primes", "limit")


def listing(kind: str, entries: Sequence[Mapping[str, Any]]) -> Report:
    """Make the report of a kind's members; the data is the list of entries itself."""
    extra = [key for key in _SHOWN if any(key in entry for entry in entries)]
    gone = any(entry["missing"] for entry in entries)
    head = [kind.removesuffix("s"), "what it is", *extra, *(["missing"] if gone else [])]
    rows = [
        [
            entry["name"],
            entry["summary"],
            *(_text(entry.get(key)) for key in extra),
            *([entry["missing"] or ""] if gone else []),
        ]
        for entry in entries
    ]
    table = Table(tuple(head), tuple(map(tuple, rows)), numeric=frozenset(range(2, 2 + len(extra))))
    keys = tuple(dict.fromkeys(key for entry in entries for key in entry))
    tidy = tuple(tuple(entry.get(key) for key in keys) for entry in entries)
    return Report(heading=(), tables=(table,), notes=(), data=list(entries), tidy=(keys, tidy))  # type: ignore[arg-type]


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
