"""Aligned text for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from tabulate import tabulate

from bench.core.display_width import display_width, shrunk, stretched
from bench.core.visible import visible
from bench.reports.formats._bars import bars
from bench.reports.formats._fitting import GAP, fitting
from bench.reports.formats._wrap import wrap, wrapped
from bench.reports.report import BAD, BEST, DOUBTFUL, Code, Note, Section, Table
from bench.reports.settled import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bench.reports.formats._fitting import Fitting
    from bench.reports.report import Block, Cell, Report


_COLOURS = {BAD: "31", DOUBTFUL: "33", BEST: "32"}  # red, yellow, green of the terminal's own colours


@dataclass(frozen=True, slots=True)
class _Look:
    """How a text is drawn: the width of its lines (None for any), the signs of bars (none without), and in colour."""

    width: int | None
    signs: str = ""
    coloured: bool = False

    def paint(self, text: str, tone: str) -> str:
        return f"\x1b[{_COLOURS[tone]}m{text}\x1b[0m" if self.coloured and tone and text else text


def render(report: Report) -> str:
    """Return the report as text, without a newline at the end; lines are as long as it takes."""
    return fit(report, None)


def fit(report: Report, width: int | None) -> str:
    """Return the report as text whose lines take no more columns of a terminal than the width."""
    return _text(report, _Look(width))


def on_terminal(report: Report, width: int | None, signs: str, *, coloured: bool) -> str:
    """Return the same text for a terminal, with bars beside numbers where the lines have room for them.

    Args:
        report: what is shown.
        width: of the terminal; None where it is not known.
        signs: what bars are made of, from the smallest part of a character to a whole one.
        coloured: whether what is bad, doubtful or the best of all has a colour, and no more.
    """
    return _text(report, _Look(width, signs, coloured))


def _text(report: Report, look: _Look) -> str:
    paragraphs = [list(_lines(report.heading, look.width))]
    for kind, blocks in groupby(report.blocks, type):
        if kind is Note:
            said = [block for block in blocks if isinstance(block, Note)]
            paragraphs.append([look.paint(line, one.tone) for one in said for line in _lines((one.text,), look.width)])
        else:
            paragraphs += [list(_block(block, look)) for block in blocks]
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _block(block: Block, look: _Look) -> Iterator[str]:
    """Write what is no sentence; a chart is left out."""
    if isinstance(block, Table):
        yield from _table(block, look)
    elif isinstance(block, Code):  # never broken: it is there to be pasted
        yield from (f"    {visible(line)}".rstrip() for line in block.text.split("\n"))
    elif isinstance(block, Section):
        lines = list(_lines((block.title,), look.width))
        yield from (*lines, "=-"[block.level > 1] * max(map(display_width, lines)))


def _lines(texts: Iterable[str], width: int | None) -> Iterator[str]:
    for text in texts:
        yield from wrap(visible(text), width)


def _table(whole: Table, look: _Look) -> Iterator[str]:
    """Write a table: its title, what all rows share, the rows, their reasons, and which columns gave way."""
    said, table = settle(whole)
    width = look.width
    reasons: dict[str, int] = {}
    texts = [list(map(visible, table.head)), *([_marked(cell, reasons) for cell in row] for row in table.rows)]
    grid = [list(map(stretched, row)) for row in texts]
    tones = [[""] * len(table.columns), *([cell.tone for cell in row] for row in table.rows)]
    yield from _lines((text for text in (table.title, said) if text), width)
    found = fitting(table.columns, grid, width)
    if found is None:
        yield from map(shrunk, _stacked(grid, tones, look))
    else:
        yield from map(shrunk, _drawn(table, grid, found, tones, look))
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


def _drawn(
    table: Table, grid: Sequence[Sequence[str]], found: Fitting, tones: Sequence[Sequence[str]], look: _Look
) -> Iterator[str]:
    pieces = [[(wrapped(row[index], size), index) for index, size in found.widths.items()] for row in grid]
    rows = [["\n".join(lines) for lines, _ in row] for row in pieces]
    body = [
        ["\n".join(look.paint(line, tone[index]) for line in lines) for lines, index in row]
        for row, tone in zip(pieces, tones, strict=True)
    ]
    used = [max(len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    align = ["right" if table.columns[index].numeric else "left" for index in found.widths]
    room = None if look.width is None else look.width - sum(used) - GAP * (len(used) - 1)
    beside = bars(table, room, look.signs)
    if beside:
        body = [[*row, bar] for row, bar in zip(body, ["", *beside], strict=True)]
        used, align = [*used, max(map(len, beside))], [*align, "left"]
    text = tabulate(
        body,
        tablefmt="plain",
        colalign=align,
        rowalign=["bottom", *["top"] * (len(rows) - 1)],
        disable_numparse=True,
    )
    lines = [line.rstrip() for line in text.split("\n")]
    below = max(cell.count("\n") for cell in rows[0]) + 1
    rule = (" " * GAP).join("-" * size for size in used)
    yield from (*lines[:below], rule, *lines[below:])


def _stacked(grid: Sequence[Sequence[str]], tones: Sequence[Sequence[str]], look: _Look) -> Iterator[str]:
    """Write a line per cell, and an empty one between rows."""
    head, *rows = grid
    for number, row in enumerate(rows):
        if number:
            yield ""
        for name, cell, tone in zip(head, row, tones[number + 1], strict=True):
            if cell:  # with its name it may be a command
                yield from (look.paint(line, tone) for line in wrapped(visible(f"{name}: {cell}"), look.width, "  "))
