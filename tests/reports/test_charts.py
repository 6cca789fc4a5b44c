"""Charts are data: marks over axes, with intervals where there are any."""

from __future__ import annotations

from dataclasses import replace
from math import exp
from pathlib import Path

import pytest

from bench.analysis.evidence import from_pairs
from bench.analysis.gate import judge_pairs
from bench.analysis.paired import Rule
from bench.core.case import Case
from bench.core.plan import Ladder
from bench.reports.doubts import doubted
from bench.reports.report import Chart
from bench.reports.views.gate import gate
from bench.reports.views.metg import metg
from bench.reports.views.scale import scale
from bench.reports.views.show import show
from bench.samples import curves
from bench.samples.finding import Finding
from bench.store import record_file
from tests.support.records import backend, record

RESULTS = Path(__file__).parents[2] / "results"


def test_a_scaling_chart_holds_what_was_measured_what_is_ideal_and_the_ceiling():
    """A serial time of 8 s over 8, 4.4 and 4 s is a speed-up of 1, 1.82 and 2; two copies take 4.2 s each."""
    times = {backend("serial"): 8.0, backend("pool", 1): 8.0, backend("pool", 2): 4.4, backend("ceiling", 2): 4.2}
    measured = record(times)
    report = scale(curves.curves(measured, doubted(measured)), 8)
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


def charts(report):
    """Return title -> chart."""
    return {block.title: block for block in report.blocks if isinstance(block, Chart)}


def test_times_stand_below_each_other_with_what_is_in_doubt():
    """Three cases are three names; the one whose processes are far apart says so, and is on the same axis."""
    times = {
        backend("serial"): [1.0] * 6,
        backend("pool", 1): [1.1] * 6,
        backend("pool", 2): [0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    }
    chart = charts(show(record(times)))["Times of backends"]
    marks = chart.series[0].marks
    assert ["serial workers=1", "pool workers=1", "pool workers=2"] == [mark.x for mark in marks]
    assert [("", False)] * 2 == [(mark.note, mark.doubtful) for mark in marks[:2]]
    assert "apart" in marks[2].note and marks[2].doubtful
    assert (0.4, 0.9) == (round(marks[2].low, 9), round(marks[2].high, 9))  # of six: from the least to the greatest
    assert not chart.y.logarithmic


def test_times_far_apart_stand_on_a_logarithmic_axis():
    """Of 1 ms and 1 s, the small one would be no more than a point at the edge."""
    assert charts(show(record({backend("pool", 1): 1.0, backend("pool", 2): 0.001})))["Times of backends"].y.logarithmic


def test_a_single_time_needs_no_chart():
    """Its table says it."""
    assert {} == charts(show(record({backend("pool", 2): 1.0})))


def test_a_ladder_is_bars_against_its_first_step():
    """The bars are as long as the steps take, and the line is where the first one ends."""
    made = record({backend("serial"): 2.0, backend("pool", 2): 1.5})
    steps = (("the plain loop", backend("serial").id), ("a pool", backend("pool", 2).id), ("gone", "backends/gone"))
    made = replace(made, plan=replace(made.plan, ladders=(Ladder("The example", steps),)))
    chart = charts(show(made))["The example"]
    assert [("the plain loop", 2.0), ("a pool", 1.5)] == [(mark.x, mark.y) for mark in chart.series[0].marks]
    assert (("y", 2.0, "the plain loop"),) == tuple((rule.axis, rule.value, rule.label) for rule in chart.rules)


def channel(member, size):
    """Return a case of the channels."""
    place = {"size": size, "pattern": "pingpong", "codec": "raw", "content": "bytes", "placement": "free"}
    return Case.of("channels", member, place)


def test_latency_stands_over_size_and_the_crossing_is_a_line():
    """20 us and 1 ns a byte against 30 us and 0.5 ns a byte: they meet at 10 us / 0.5 ns = 20,000 bytes."""
    sizes = (64, 4096, 65536, 1048576)
    times = {channel("pipe", size): 20e-6 + size * 1e-9 for size in sizes}
    times |= {channel("shared-memory", size): 30e-6 + size * 0.5e-9 for size in sizes}
    chart = charts(show(record(times)))["What a message takes"]
    assert chart.x.logarithmic and chart.y.logarithmic
    assert ["pipe", "shared-memory"] == [one.name for one in chart.series]
    assert list(sizes) == [mark.x for mark in chart.series[0].marks]
    assert 20_000 == pytest.approx(chart.rules[0].value, rel=0.15)  # between measured sizes it is interpolated
    doubtful = times | {channel("pipe", 64): [10e-6, 30e-6]}
    assert () == charts(show(record(doubtful)))["What a message takes"].rules


def test_a_gate_holds_ratios_against_margin_and_threshold():
    """Both cases and the control have their ratio; the lines are at 1, 2 % and 5 % above it."""
    slow, same = backend("pool", 2), backend("serial")
    pairs = {same.id: [0.001, -0.001] * 10, slow.id: [0.1, 0.102] * 10}
    control = {"backends/serial kernel=wheel6": [0.0005, -0.0005] * 10}
    controls = {name: from_pairs(values) for name, values in control.items()}
    cases = {same.id: same, slow.id: slow}
    found = Finding({"base": "a", "head": "b"}, Rule(), judge_pairs(pairs, controls=control), cases, {}, {}, controls)
    (chart,) = charts(gate(found)).values()
    ratios = {one.name: {mark.x: round(mark.y, 3) for mark in one.marks} for one in chart.series}
    assert round(exp(0.101), 3) == next(iter(ratios["regressed"].values()))
    assert {"control serial": 1.0} == ratios["control"]
    assert [1, 1.02, 1.05] == [rule.value for rule in chart.rules]


def test_where_a_law_says_nothing_there_is_no_line():
    """No law is fitted to processes far apart: the chart has what was measured and what is ideal."""
    measured = record({backend("serial"): [8.0] * 6, backend("pool", 2): [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]})
    report = scale(curves.curves(measured, doubted(measured)), 8)
    (chart,) = charts(report).values()
    assert ["measured", "ideal"] == [one.name for one in chart.series]


APART = [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]


def test_a_speedup_in_doubt_says_so():
    """Of two worker counts one has processes far apart: its mark alone is in doubt."""
    measured = record({backend("serial"): [8.0] * 6, backend("pool", 1): [8.0] * 6, backend("pool", 2): APART})
    (chart,) = charts(scale(curves.curves(measured, doubted(measured)), 8)).values()
    assert [(1, False), (2, True)] == [(mark.x, mark.doubtful) for mark in chart.series[0].marks]
    assert "apart" in chart.series[0].marks[1].note


def test_nothing_is_held_against_a_first_step_in_doubt():
    """Where the first step's processes are far apart, its bar says so, and there is no line at its end."""
    made = record({backend("serial"): APART, backend("pool", 2): [4.0] * 6})
    steps = (("the plain loop", backend("serial").id), ("a pool", backend("pool", 2).id))
    made = replace(made, plan=replace(made.plan, ladders=(Ladder("The example", steps),)))
    chart = charts(show(made))["The example"]
    assert chart.series[0].marks[0].doubtful and chart.rules == ()


def test_an_efficiency_in_doubt_says_so():
    """In a committed sweep over task sizes as many marks of each backend are in doubt as its table says."""
    found = record_file.load(RESULTS / "rivals-2cpu.json.gz")
    report = metg(curves.task_sweeps(found, doubted(found)), 2)
    doubtful = {one["name"]: one["doubtful"] for one in report.data["sweeps"] if one["metg"]["baseline"]["curve"]}
    drawn = charts(report)["Efficiency over the size of a task"].series
    assert doubtful == {one.name: sum(mark.doubtful for mark in one.marks) for one in drawn}
    assert any(doubtful.values())


def test_a_metg_curve_is_held_against_half_and_against_metg():
    """A committed sweep has a chart per backend: efficiency over the size of a task, and where it crosses one half."""
    found = record_file.load(RESULTS / "metg-2cpu.json")
    report = metg(curves.task_sweeps(found, doubted(found)), 2)
    sweeps = [sweep for sweep in report.data["sweeps"] if sweep["metg"]["baseline"]["curve"]]
    assert len(sweeps) + 1 == len(charts(report)) > 2
    assert [sweep["name"] for sweep in sweeps] == [
        one.name for one in charts(report)["Efficiency over the size of a task"].series
    ]
    for sweep in sweeps:
        chart = charts(report)[sweep["name"]]
        assert ("s", "%", True) == (chart.x.unit, chart.y.unit, chart.x.logarithmic)
        seconds = sweep["metg"]["baseline"]["seconds"]
        assert [("y", 0.5), *([("x", seconds)] if seconds else [])] == [(rule.axis, rule.value) for rule in chart.rules]


def noisy(made, case):
    """Return a record during a case of which other programs used a CPU."""
    for process in made.results[case.id].processes:
        process.metadata["primebench_others_cpus"] = 1.0
    return made


def test_a_ceiling_in_doubt_is_marked_in_the_chart_of_scaling():
    """Others used a CPU while two copies were timed, and none while one was: one mark of two is hollow."""
    times = {backend("serial"): 8.0, backend("pool", 1): 8.0, backend("pool", 2): 4.4}
    times |= {backend("ceiling", 1): 8.0, backend("ceiling", 2): 4.2}
    measured = noisy(record(times), backend("ceiling", 2))
    (chart,) = charts(scale(curves.curves(measured, doubted(measured)), 8)).values()
    limit = next(one for one in chart.series if one.name == "ceiling")
    assert [(1, False), (2, True)] == [(mark.x, mark.doubtful) for mark in limit.marks]
    assert "other programs used 1.0 CPUs" in limit.marks[1].note
