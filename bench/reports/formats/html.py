"""One HTML file with tables and charts, which asks nobody for anything: for a browser, a printer or a screen reader.

Charts are drawn in the page by Observable Plot on d3. Of the libraries that draw SVG it is the smallest one that knows
intervals, logarithmic axes and ARIA; canvas prints badly and says nothing to a screen reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.formats._html import figures, texts
from bench.reports.formats._html.page import page
from bench.reports.formats._html.tables import html_table
from bench.reports.formats._html.thinning import thinned
from bench.reports.report import Chart, Note, Table

if TYPE_CHECKING:
    from bench.reports.report import Report


def render(report: Report) -> str:
    """Return the report as a whole page, without a newline at the end."""
    body = [texts.paragraph(line) for line in report.heading]
    drawn = []
    for number, block in enumerate(report.blocks, 1):
        if isinstance(block, Table):
            body.append(html_table(block, f"table-{number}"))
        elif isinstance(block, Chart):
            chart, said = thinned(block)
            drawn.append(figures.data(chart))
            body.append(figures.figure(chart, said, f"chart-{number}"))
        elif isinstance(block, Note):
            body.append(texts.paragraph(block.text))
    return page("primebench", body, drawn)
