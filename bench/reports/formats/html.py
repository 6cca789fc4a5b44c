"""One HTML file with tables and charts, which asks nobody for anything: for a browser, a printer or a screen reader.

Charts are drawn in the page by Observable Plot on d3. Of the libraries that draw SVG it is the smallest one that knows
intervals, logarithmic axes and ARIA; canvas prints badly and says nothing to a screen reader.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from bench.reports.formats._html import figures, texts
from bench.reports.formats._html.page import page
from bench.reports.formats._html.tables import html_table
from bench.reports.formats._html.thinning import thinned
from bench.reports.report import Chart, Code, Section, Table

if TYPE_CHECKING:
    from bench.reports.report import Block, Report


def render(report: Report) -> str:
    """Return the report as a whole page, without a newline at the end."""
    body = [texts.paragraph(line) for line in report.heading]
    charts: list[Any] = []
    sections: list[tuple[str, Section]] = []
    for number, (kind, blocks) in enumerate(groupby(report.blocks, _kind), 1):
        for place, block in enumerate(blocks, 1):
            body.append(_block(block, f"{kind}-{number}-{place}", charts, sections))
    title = report.title or "primebench"
    return page(title, [*texts.contents(sections), *body], charts)


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _block(block: Block, name: str, charts: list[Any], sections: list[tuple[str, Section]]) -> str:
    """Return what stands in the page for a block; what its script draws and what its contents name is taken down."""
    if isinstance(block, Table):
        return html_table(block, name)
    if isinstance(block, Chart):
        chart, said = thinned(block)
        charts.append(figures.data(chart))
        return figures.figure(chart, said, name)
    if isinstance(block, Code):
        return texts.program(block.text)
    if isinstance(block, Section):
        sections.append((name, block))
        return f'<h{block.level + 1} id="{name}">{texts.escaped(block.title)}</h{block.level + 1}>'
    return texts.paragraph(block.text) if block.text else ""
