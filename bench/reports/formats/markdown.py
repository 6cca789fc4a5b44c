"""Markdown tables for issues, pull requests and job summaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench.core.visible import visible, visible_lines
from bench.reports.report import Code, Note, Section, Table
from bench.reports.settled import settle

if TYPE_CHECKING:
    from bench.reports.report import Report

# Emphasis, code, links, images, strikethrough, mathematics and columns begin with one of these. An underscore inside a
# word is none; nor is a colon or a point, except where GitHub would make a link of what follows.
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|\.(?<=\bwww\.)")
_BLOCK = re.compile(r"[#+=>-]|(?<=\d)[.)](?=\s|$)")  # a heading, quotation, list or rule, where it begins a line
_NUMBER = re.compile(r"\d*")
_HTML = re.compile(r"<|&(?=#?\w+;)")


def render(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, without a newline at the end."""
    blocks = ["  \n".join(map(_line, report.heading))]
    for block in report.blocks:
        if isinstance(block, Table):
            blocks.append(_table(block))
        elif isinstance(block, Note):
            blocks.append(_line(block.text))
        elif isinstance(block, Code):
            blocks.append(_fenced(block.text))
        elif isinstance(block, Section):
            blocks.append(f"{'#' * (block.level + 1)} {_escape(block.title)}")
    return "\n\n".join(block for block in blocks if block)


def _fenced(code: str) -> str:
    """Return a block of code between fences longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{visible_lines(code)}\n{fence}"


def _table(whole: Table) -> str:
    said, table = settle(whole)
    rule = ["---:" if column.numeric else "---" for column in table.columns]
    lines = [_row(table.head), f"| {' | '.join(rule)} |", *map(_row, table.texts)]
    above = [*([f"**{_escape(table.title)}**"] if table.title else []), *([_line(said)] if said else [])]
    return "\n".join([*(line for text in above for line in (text, "")), *lines])


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
