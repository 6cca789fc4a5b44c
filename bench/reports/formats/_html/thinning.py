"""Charts with more marks than a screen has room for: some are left out, and it is said."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.reports.report import Axis, Chart, Mark, Series

MOST = 2_000
"""Marks of a chart: more lie on the same pixels, and make the page large and slow."""

MOST_NAMES = 200
"""Names on an axis: each has a line of its own, and a chart of more is many screens tall."""


_YEARS = (-62_135_596_800, 253_402_300_800)  # seconds at which the years 1 and 10000 begin, in UTC


def thinned(chart: Chart) -> tuple[Chart, str]:
    """Return a chart that can be drawn, and what to say of it: an empty text if it has all marks of the first one.

    Of names the first ones stay. Of marks along numbers, the lowest and the highest of equally many neighbours stay, so
    that no peak gets lost.
    """
    whole = sum(len(one.marks) for one in chart.series)
    series = [replace(one, marks=tuple(_drawable(one.marks, chart.x, chart.y))) for one in chart.series]
    said = []
    left = whole - _count(series)
    if left:
        said.append(f"{left:,} of {whole:,} values have no place on these axes.")
    names = dict.fromkeys(mark.x for one in series for mark in one.marks if isinstance(mark.x, str))
    if len(names) > MOST_NAMES:
        kept = set(list(names)[:MOST_NAMES])
        series = [replace(one, marks=tuple(mark for mark in one.marks if mark.x in kept)) for one in series]
        said.append(f"The first {MOST_NAMES:,} of {len(names):,} names are drawn.")
    before = _count(series)
    if before > MOST:
        series = [replace(one, marks=_extremes(one.marks, len(one.marks) * MOST // before)) for one in series]
        said.append(
            f"{_count(series):,} of {before:,} values are drawn: of equally many neighbours the lowest and the highest."
        )
    rules = tuple(rule for rule in chart.rules if _has_place(rule.value, chart.x if rule.axis == "x" else chart.y))
    return replace(chart, series=tuple(one for one in series if one.marks), rules=rules), " ".join(said)


def _count(series: Sequence[Series]) -> int:
    return sum(len(one.marks) for one in series)


def _drawable(marks: Sequence[Mark], x: Axis, y: Axis) -> Iterator[Mark]:
    for mark in marks:
        if (isinstance(mark.x, str) or _has_place(mark.x, x)) and _has_place(mark.y, y):
            yield mark if all(end is None or isfinite(end) for end in (mark.low, mark.high)) else _bounded(mark)


def _bounded(mark: Mark) -> Mark:
    """Return the mark without ends that no axis has a place for."""
    low, high = (end if end is not None and isfinite(end) else None for end in (mark.low, mark.high))
    return replace(mark, low=low, high=high)


def _has_place(value: float, axis: Axis) -> bool:
    if axis.unit == "date":
        return _YEARS[0] <= value < _YEARS[1]
    return isfinite(value) and (value > 0 or not axis.logarithmic)


def _extremes(marks: Sequence[Mark], most: int) -> tuple[Mark, ...]:
    """Return about so many marks: of each group of neighbours the lowest and the highest, as they stood."""
    groups = max(1, most // 2)
    found: list[Mark] = []
    for group in range(groups):
        own = range(group * len(marks) // groups, (group + 1) * len(marks) // groups)
        if own:
            ends = {min(own, key=lambda index: marks[index].y), max(own, key=lambda index: marks[index].y)}
            found += [marks[index] for index in sorted(ends)]
    return tuple(found)
