"""Values of a record as tidy rows: one row per value, one column per variable, empty where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.reports.wording import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.case import Value
    from bench.core.record import Record
    from bench.samples.rows import Row

Tidy = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]

_SEEN = ("process", "value", "seconds", "cpu", "memory_bytes")
_SAID = ("status", "reason", "doubts")


def values(record: Record, rows: Sequence[Row], file: str) -> Tidy:
    """Return a row per value, and one for each case without any."""
    machine = record.machine
    where = {"file": file, "machine": machine.cpu_model or machine.architecture, "usable_cpus": machine.usable_cpus}
    found = []
    for row in rows:
        side = record.sides.get(row.side)
        told = side.facts if side else None
        version, free = (told.version, told.free_threaded) if told else (machine.python_version, not machine.gil)
        python = f"{version}{'t' if free else ''}"
        case = {**where, "python": python, "family": row.case.family, "member": row.case.member, "side": row.side}
        case |= {axis: value for axis, value in row.case.params if value != NONE}
        said = {
            "cpu": row.cpu,
            "memory_bytes": row.memory_bytes,
            "status": row.status,
            "reason": row.reason and word(row.reason),
        }
        said["doubts"] = "; ".join(row.doubts)
        result = record.results.get(row.key)
        several = [
            {"process": process, "value": index, "seconds": seconds}
            for process, sample in enumerate(result.samples if result else ())
            for index, seconds in enumerate(sample)
        ]
        found += [{**_told(row), **case, **said, **value} for value in several or [{}]]
    axes = sorted({axis for row in rows for axis, _ in row.case.params})
    facts = dict.fromkeys(name for row in rows for name in _told(row))
    sides = ["side"] if any(row.side for row in rows) else []
    head = dict.fromkeys([*where, "python", "family", "member", *sides, *axes, *_SEEN, *_SAID, *facts])
    return tuple(head), tuple(tuple(_plain(one.get(name)) for name in head) for one in found)


def _told(row: Row) -> dict[str, Value]:
    return {**(row.facts or {}), **(row.own_facts or {})}


def merged(several: Sequence[Tidy]) -> Tidy:
    """Return the rows of several tables below each other, with every column that any of them has."""
    head = tuple(dict.fromkeys(name for names, _ in several for name in names))
    return head, tuple(
        tuple(dict(zip(names, row, strict=True)).get(name, "") for name in head)
        for names, rows in several
        for row in rows
    )


def _plain(value: Any) -> Any:
    return "" if value is None or value == NONE else value
