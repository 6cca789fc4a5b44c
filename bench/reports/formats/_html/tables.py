"""A table in a page: it scrolls by itself where a screen is too narrow, and the reasons of its cells stand below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.reports.formats._html import texts
from bench.reports.settled import settle

if TYPE_CHECKING:
    from bench.reports.report import Cell, Table

MOST = 2_000
"""Rows of a table: a browser takes seconds for tens of thousands, and nobody reads them."""


def html_table(whole: Table, name: str, label: str = "") -> str:
    """Return the table.

    Args:
        whole: what it holds.
        name: its own in the page.
        label: what it is for those who hear it, where it has no title.
    """
    said, table = settle(whole)
    left = len(table.rows) - MOST
    if left > 0:
        said = "; ".join(text for text in (said, f"the first {MOST:,} of {len(table.rows):,} rows") if text)
        table = replace(table, rows=table.rows[:MOST])
    above = [
        *([f'<p class="title" id="{name}-title">{texts.escaped(table.title)}</p>'] if table.title else []),
        *([texts.paragraph(said, "said")] if said else []),
    ]
    named = f'aria-labelledby="{name}-title"' if table.title else f'aria-label="{texts.escaped(label or "table")}"'
    reasons: dict[str, int] = {}
    kinds = [' class="number"' if column.numeric else "" for column in table.columns]
    tags = ['th scope="row"', *["td"] * (len(table.columns) - 1)]  # the first column says what a row is about
    lines = [
        '<section class="table">',
        *above,
        f'<div class="scroll" role="region" tabindex="0" {named}>',
        f"<table {named}>",
        f"<thead><tr>{''.join(_head(text, kind) for text, kind in zip(table.head, kinds, strict=True))}</tr></thead>",
        "<tbody>",
        *(
            f"<tr>{''.join(_cell(*one, reasons, name) for one in zip(tags, row, kinds, strict=True))}</tr>"
            for row in table.rows
        ),
        "</tbody>",
        "</table>",
        "</div>",
    ]
    if reasons:
        items = (f'<li id="{name}-{number}">{texts.escaped(reason)}</li>' for reason, number in reasons.items())
        lines.append(f'<ol class="reasons">{"".join(items)}</ol>')
    return "\n".join([*lines, "</section>"])


def _head(text: str, kind: str) -> str:
    return f'<th scope="col"{kind}>{texts.escaped(text)}</th>'


def _cell(tag: str, cell: Cell, kind: str, reasons: dict[str, int], name: str) -> str:
    marks = sorted({reasons.setdefault(reason, len(reasons) + 1) for reason in cell.reasons})
    links = "".join(f' <a href="#{name}-{number}">[{number}]</a>' for number in marks)
    return f"<{tag}{kind}>{texts.escaped(cell.shown)}{links}</{tag.partition(' ')[0]}>"
