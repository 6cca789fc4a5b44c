"""Aligned text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from bench.core.visible import visible

if TYPE_CHECKING:
    from bench.reports.report import Report, Table


def render(report: Report) -> str:
    """Return the report as text, without a newline at the end."""
    blocks = [_lines(report.heading), *map(_table, report.tables), _lines(report.notes)]
    return "\n\n".join(block for block in blocks if block)


def _lines(texts: tuple[str, ...]) -> str:
    return "\n".join(map(visible, texts))


def _table(table: Table) -> str:
    align = ["right" if column in table.numeric else "left" for column in range(len(table.head))]
    head, *rows = (tuple(map(visible, cells)) for cells in (table.head, *table.rows))
    body = tabulate(rows, headers=head, tablefmt="simple", colalign=align, disable_numparse=True)
    lines = [line.rstrip() for line in body.split("\n")]
    return "\n".join([visible(table.title), *lines] if table.title else lines)
