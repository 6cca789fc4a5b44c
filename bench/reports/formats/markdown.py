"""Markdown tables for issues, pull requests and job summaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.core.visible import visible

if TYPE_CHECKING:
    from bench.reports.report import Report, Table

# Emphasis, code, links, images, strikethrough, mathematics and columns begin with one of these. An underscore inside a
# word is none; nor is a colon or a point, except where GitHub would make a link of what follows.
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|\.(?<=\bwww\.)")
_BLOCK = re.compile(r"[#+=>-]|(?<=\d)[.)](?=\s|$)")  # a heading, quotation, list or rule, where it begins a line
_NUMBER = re.compile(r"\d*")
_HTML = re.compile(r"<|&(?=#?\w+;)")


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, without a newline at the end."""
    blocks = ["  \n".join(map(_line, report.heading)), *map(_table, report.tables)]
    blocks.append("\n\n".join(map(_line, report.notes)))
    return "\n\n".join(block for block in blocks if block)


def _table(table: Table) -> str:
    rule = ["---:" if column in table.numeric else "---" for column in range(len(table.head))]
    lines = [_row(table.head), f"| {' | '.join(rule)} |", *map(_row, table.rows)]
    return "\n".join([f"**{_escape(table.title)}**", "", *lines] if table.title else lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_escape, cells))} |"


def _line(text: str) -> str:
    """Escape a text that begins a line."""
    text = _escape(text.lstrip())
    digits = _NUMBER.match(text)
    mark = _BLOCK.match(text, digits.end() if digits else 0)
    return f"{text[: mark.start()]}\\{text[mark.start() :]}" if mark else text


def _escape(text: str) -> str:
    marked = _MARKUP.sub(r"\\\g<0>", visible(text))
    return _HTML.sub(lambda match: {"<": "&lt;", "&": "&amp;"}[match[0]], marked)
