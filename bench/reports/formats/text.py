"""Aligned text for a terminal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from tabulate import tabulate

from bench.core.visible import visible
from bench.reports.formats._fitting import GAP, fitting
from bench.reports.formats._wrap import wrap
from bench.reports.report import Code, Note, Section, Table
from bench.reports.settled import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.reports.formats._fitting import Fitting
    from bench.reports.report import Block, Cell, Column, Report


def render(report: Report) -> str:
    """Return the report as text, without a newline at the end; lines are as long as it takes."""
    return fit(report, None)


def fit(report: Report, width: int | None) -> str:
    """Return the report as text whose lines have no more characters than the width."""
    paragraphs = [list(_lines(report.heading, width))]
    for kind, blocks in groupby(report.blocks, type):
        if kind is Note:
            paragraphs.append(list(_lines((block.text for block in blocks if isinstance(block, Note)), width)))
        else:
            paragraphs += [list(_block(block, width)) for block in blocks]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _block(block: Block, width: int | None) -> Iterator[str]:
    """Write what is no sentence; a chart is left out."""
    if isinstance(block, Table):
        yield from _table(block, width)
    elif isinstance(block, Code):  # never broken: it is there to be pasted
        yield from (f"    {visible(line)}".rstrip() for line in block.text.split("\n"))
    elif isinstance(block, Section):
        lines = list(_lines((block.title,), width))
        yield from (*lines, "=-"[block.level > 1] * max(map(len, lines)))


def _lines(texts: Iterable[str], width: int | None) -> Iterator[str]:
    for text in texts:
        yield from wrap(visible(text), width)


def _table(whole: Table, width: int | None) -> Iterator[str]:
    """Write a table: its title, what all rows share, the rows, their reasons, and which columns gave way."""
    said, table = settle(whole)
    reasons: dict[str, int] = {}
    grid = [list(map(visible, table.head)), *([_marked(cell, reasons) for cell in row] for row in table.rows)]
    yield from _lines((text for text in (table.title, said) if text), width)
    found = fitting(table.columns, grid, width)
    if found is None:
        yield from _stacked(grid, width)
    else:
        yield from _drawn(table.columns, grid, found)
    for reason, number in reasons.items():
        mark = f"[{number}] "
        yield from wrap(mark + visible(reason), width, " " * len(mark))
    if found is not None and len(found.widths) < len(table.columns):
        names = [column.name or column.head for index, column in enumerate(table.columns) if index not in found.widths]
        yield from _lines((f"Not shown below {found.enough} columns: {', '.join(names)}.",), width)


def _marked(cell: Cell, reasons: dict[str, int]) -> str:
    """Return what a cell shows, with the numbers of its reasons, which are taken down."""
    marks = ",".join(map(str, sorted({reasons.setdefault(reason, len(reasons) + 1) for reason in cell.reasons})))
    return " ".join(text for text in (visible(cell.shown), f"[{marks}]" if marks else "") if text)


def _drawn(columns: Sequence[Column], grid: Sequence[Sequence[str]], found: Fitting) -> Iterator[str]:
    rows = [["\n".join(wrap(row[index], size)) for index, size in found.widths.items()] for row in grid]
    body = tabulate(
        rows,
        tablefmt="plain",
        colalign=["right" if columns[index].numeric else "left" for index in found.widths],
        rowalign=["bottom", *["top"] * (len(rows) - 1)],
        disable_numparse=True,
    )
    lines = [line.rstrip() for line in body.split("\n")]
    below = max(cell.count("\n") for cell in rows[0]) + 1
    used = [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    rule = (" " * GAP).join("-" * size for size in used)
    yield from (*lines[:below], rule, *lines[below:])


def _stacked(grid: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Write a line per cell, and an empty one between rows."""
    head, *rows = grid
    for number, row in enumerate(rows):
        if number:
            yield ""
        for name, cell in zip(head, row, strict=True):
            if cell:
                yield from wrap(visible(f"{name}: {cell}"), width, "  ")  # together they may be a command
