"""Aligned text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

if TYPE_CHECKING:
    from bench.reports.report import Report, Table


def render(report: Report) -> str:
    """Return the report as text, without a newline at the end."""
    blocks = ["\n".join(report.heading), *map(_table, report.tables), "\n".join(report.notes)]
    return "\n\n".join(block for block in blocks if block)


def _table(table: Table) -> str:
    align = ["right" if column in table.numeric else "left" for column in range(len(table.head))]
    body = tabulate(table.rows, headers=table.head, tablefmt="simple", colalign=align, disable_numparse=True)
    lines = [line.rstrip() for line in body.splitlines()]
    return "\n".join([table.title, *lines] if table.title else lines)
