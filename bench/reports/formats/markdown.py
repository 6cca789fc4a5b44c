"""Markdown tables for issues, pull requests and job summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.reports.report import Report, Table


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, without a newline at the end."""
    blocks = ["  \n".join(map(_escape, report.heading)), *map(_table, report.tables)]
    blocks.append("\n\n".join(map(_escape, report.notes)))
    return "\n\n".join(block for block in blocks if block)


def _table(table: Table) -> str:
    rule = ["---:" if column in table.numeric else "---" for column in range(len(table.head))]
    lines = [_row(table.head), f"| {' | '.join(rule)} |", *map(_row, table.rows)]
    return "\n".join([f"**{_escape(table.title)}**", "", *lines] if table.title else lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;").replace("\n", " ")
