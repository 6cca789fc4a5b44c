"""Charts are data: marks over axes, with intervals where there are any."""

from __future__ import annotations

from bench.reports import curves
from bench.reports.report import Chart
from bench.reports.views.scale import scale
from tests.support.records import backend, record


def test_a_scaling_chart_holds_what_was_measured_what_is_ideal_and_the_ceiling():
    """A serial time of 8 s over 8, 4.4 and 4 s is a speed-up of 1, 1.82 and 2; two copies take 4.2 s each."""
    times = {backend("serial"): 8.0, backend("pool", 1): 8.0, backend("pool", 2): 4.4, backend("ceiling", 2): 4.2}
    report = scale(curves.curves(record(times)), 8)
    (chart,) = [block for block in report.blocks if isinstance(block, Chart)]
    series = {one.name: [(mark.x, round(mark.y, 2)) for mark in one.marks] for one in chart.series}
    assert [(1, 1.0), (2, 1.82)] == series["measured"]
    assert [(1, 1), (2, 2)] == series["ideal"]
    assert ("workers", "speed-up") == (chart.x.label, chart.y.label)


def test_text_and_markdown_leave_charts_out():
    """What cannot draw prints the tables, which say the same."""
    from bench.reports.formats import markdown, text
    from bench.reports.report import Axis, Note, Report

    report = Report((), (Note("one"), Chart("title", Axis("x"), Axis("y"), ()), Note("two")), {})
    assert "title" not in text.render(report) + markdown.render(report)
