"""The job summary of GitHub Actions: a report in Markdown, cut down to what GitHub takes.

GitHub shows nothing at all of a step whose summary is larger than 1 MiB. Of a larger report the cases that regressed or
failed are kept first, then as many others as there is room for, and always the last note, which is the verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.reports.report import Note, notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.reports.report import Cell, Report, Table

LIMIT = 1024 * 1024
_LONGEST = 1000  # characters of a cell or note of a report that is cut down
_TELLING = {"regressed", "failed"}  # values of a cell, whose row stays where there is no room for all


def append(file: Path, report: Report, render: Callable[[Report], str]) -> None:
    """Append the report, or what there is room for, to the file.

    Raises:
        OSError: the file cannot be written.
    """
    with file.open("a", encoding="utf-8") as summary:
        room = LIMIT - summary.tell() - 1
        summary.write(_fitting(report, lambda one: f"{render(one)}\n\n", room))


def _fitting(report: Report, render: Callable[[Report], str], room: int) -> str:
    text = render(report)
    if _size(text) <= room:
        return text
    low, high = 0, max(len(report.notes), *(len(table.rows) for table in report.tables), 1)
    while low < high:  # the most rows and notes that fit
        middle = (low + high + 1) // 2
        if _size(render(_cut(report, middle))) <= room:
            low = middle
        else:
            high = middle - 1
    texts = (render(_cut(report, low)), render(replace(report, heading=(), blocks=_last(report))), "")
    return next(text for text in texts if _size(text) <= max(room, 0))


def _cut(report: Report, count: int) -> Report:
    """Return the report with so many rows and notes of each kind, the telling ones first, all in their order."""
    tables = tuple(_cut_table(table, count) for table in report.tables)
    gone = sum(len(table.rows) for table in report.tables) - sum(len(table.rows) for table in tables)
    others = [block for block in report.blocks if isinstance(block, Note)][:-1]
    kept = _chosen(others, [note.telling for note in others], count)
    said = f"{gone} rows are left out, because GitHub takes 1 MiB; the log of the job and the record have all of them."
    sentences = (*notes(_short(others[index].text) for index in kept), Note(said), *_last(report))
    return replace(report, heading=tuple(map(_short, report.heading[:20])), blocks=(*tables, *sentences))


def _cut_table(table: Table, count: int) -> Table:
    kept = _chosen(table.rows, [any(cell.value in _TELLING for cell in row) for row in table.rows], count)
    return replace(table, rows=tuple(tuple(map(_short_cell, table.rows[index])) for index in kept))


def _chosen(entries: Sequence[object], telling: Sequence[bool], count: int) -> list[int]:
    """Return the places of so many entries: the telling ones first, then the others."""
    ranked = sorted(range(len(entries)), key=lambda index: not telling[index])
    return sorted(ranked[:count])


def _last(report: Report) -> tuple[Note, ...]:
    return notes(map(_short, report.notes[-1:]))


def _short_cell(cell: Cell) -> Cell:
    if max(map(len, (cell.shown, *cell.reasons))) <= _LONGEST:
        return cell
    return replace(cell, shown=_short(cell.shown), reasons=tuple(map(_short, cell.reasons)))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _size(text: str) -> int:
    return len(text.encode())
