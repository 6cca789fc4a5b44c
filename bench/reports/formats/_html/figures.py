"""A chart in a page: its title, the place where it is drawn, and the same numbers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.visible import visible
from bench.reports.formats._html import texts
from bench.reports.formats._html.quantities import quantity
from bench.reports.formats._html.tables import html_table
from bench.reports.report import Cell, Column, numbers, table

if TYPE_CHECKING:
    from bench.reports.report import Axis, Chart, Mark, Rule, Table

_DIGITS = 7  # of what is drawn: more than any screen shows


def data(chart: Chart) -> dict[str, Any]:
    """Return the chart as the script takes it: a mark is a list of x, y, low and high, where needed note and doubt."""
    return {
        "title": visible(chart.title),
        "x": _axis(chart.x),
        "y": _axis(chart.y),
        "series": [
            {"name": visible(one.name), "kind": one.kind, "marks": [_mark(mark) for mark in one.marks]}
            for one in chart.series
        ],
        "rules": [
            {"axis": rule.axis, "value": _short(rule.value), "label": visible(rule.label)} for rule in chart.rules
        ],
    }


def _axis(axis: Axis) -> dict[str, Any]:
    return {"label": visible(axis.label), "unit": axis.unit, "logarithmic": axis.logarithmic, "zero": axis.zero}


def _mark(mark: Mark) -> list[Any]:
    values = [visible(mark.x) if isinstance(mark.x, str) else _short(mark.x), _short(mark.y)]
    ends = [None if end is None else _short(end) for end in (mark.low, mark.high)]
    said = [visible(mark.note), *([True] if mark.doubtful else [])] if mark.note or mark.doubtful else []
    return [*values, *ends, *said]


def _short(value: float) -> float:
    """Return a number with as many digits as are drawn; dates have more, all of them before the point."""
    if isinstance(value, int):
        return value
    number = float(value)  # of numpy, too
    return float(f"{number:.{_DIGITS}g}") if abs(number) < 1e6 else round(number)


def figure(chart: Chart, said: str, name: str) -> str:
    """Return the figure; ``said`` stands below it."""
    title = texts.escaped(chart.title)
    return "\n".join(
        [
            f'<figure id="{name}">',
            f"<figcaption>{title}</figcaption>",
            '<div class="drawing"><p>Charts need a script to be drawn; the tables below have their numbers.</p></div>',
            *([texts.paragraph(said, "said")] if said else []),
            f'<details><summary aria-label="The numbers in this chart: {title}">The numbers in this chart</summary>',
            html_table(_numbers(chart), f"{name}-numbers", f"numbers of {visible(chart.title)}"),
            "</details>",
            "</figure>",
        ]
    )


def _numbers(chart: Chart) -> Table:
    """Return what is drawn as a table; a column that would be empty or the same in all rows is left out."""
    columns = (
        Column("series"),
        Column(chart.x.label),
        numbers(chart.y.label),
        numbers("from"),
        numbers("to"),
        Column("note"),
    )
    rows = [
        (
            one.name,
            quantity(mark.x, chart.x),
            quantity(mark.y, chart.y),
            quantity(mark.low, chart.y),
            quantity(mark.high, chart.y),
            mark.note,
        )
        for one in chart.series
        for mark in one.marks
    ]
    rows += [(rule.label, *_at(chart, rule), "", "", "") for rule in chart.rules]
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    if len(chart.series) + len(chart.rules) < 2 and kept:
        kept.remove(0)
    return table([columns[index] for index in kept], [[Cell(row[index]) for index in kept] for row in rows])


def _at(chart: Chart, rule: Rule) -> tuple[str, str]:
    return (quantity(rule.value, chart.x), "") if rule.axis == "x" else ("", quantity(rule.value, chart.y))
