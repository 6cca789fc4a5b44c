"""The charts of times, ratios, scaling and METG: which marks stand over which axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.reference import Role
from bench.core.units import format_seconds
from bench.reports.report import Axis, Chart, Mark, Rule, Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.analysis.law_fit import Fit
    from bench.analysis.law_range import Range
    from bench.analysis.scaling import Point


_HALF = Rule("y", 0.5, "half of what is possible")
_WIDE = 20
"""Times that are so many times apart stand on a logarithmic axis: the small ones would be one point on a linear one."""


def mark(
    x: float | str, y: float, low: float | None = None, high: float | None = None, *, doubts: Sequence[str] = ()
) -> Mark:
    """Return a mark that says why it cannot be trusted, if it cannot."""
    return Mark(x, y, low, high, "; ".join(doubts), bool(doubts))


def times(title: str, marks: Sequence[Mark]) -> Chart:
    """Return times below each other, each with its interval; a mark's x is the name of what took so long."""
    seconds = [mark.y for mark in marks]
    wide = bool(seconds) and min(seconds) > 0 and max(seconds) > _WIDE * min(seconds)
    axis = Axis("time", "s", logarithmic=wide, zero=not wide)
    return Chart(title, Axis("case"), axis, (Series("measured", "points", tuple(marks)),))


def ratios(title: str, marks: Iterable[tuple[str, Mark]], rules: Sequence[Rule], axis: Axis) -> Chart:
    """Return ratios below each other, each with its interval; what has the same verdict is one series."""
    found: dict[str, list[Mark]] = {}
    for verdict, mark in marks:
        found.setdefault(verdict, []).append(mark)
    series = tuple(Series(verdict, "points", tuple(own)) for verdict, own in found.items())
    return Chart(title, Axis("case"), axis, series, tuple(rules))


def speedups(
    name: str,
    points: Sequence[Point],
    doubts: Mapping[int, Sequence[str]],
    limit_doubts: Mapping[int, Sequence[str]],
    fits: Sequence[Fit],
    beyond: Sequence[Range] | None,
) -> Chart:
    """Return speed-up over workers: measured, ideal, of the ceiling, of each law that says something, and possible.

    Args:
        name: of the curve.
        points: one per worker count.
        doubts: worker count -> why its figures cannot be trusted.
        limit_doubts: worker count -> why its ceiling cannot.
        fits: the laws.
        beyond: the range of what may come at larger counts, or None.
    """
    found = [
        Series("measured", "points", tuple(_speedup(one, doubts.get(one.workers, ())) for one in points)),
        Series("ideal", "line", tuple(Mark(one.workers, one.workers) for one in points)),
        Series(
            Role.LIMIT.label,
            "points",
            tuple(
                mark(one.workers, one.limit, doubts=limit_doubts.get(one.workers, ())) for one in points if one.limit
            ),
        ),
    ]
    found += [
        Series(law.law, "line", tuple(Mark(one.workers, one.speed_up, one.low, one.high) for one in law.predictions))
        for law in fits
    ]
    found.append(
        Series(
            "possible",
            "area",
            tuple(Mark(one.workers, (one.low + one.high) / 2, one.low, one.high) for one in beyond or ()),
        )
    )
    return Chart(name, Axis("workers"), Axis("speed-up", zero=True), tuple(series for series in found if series.marks))


def _speedup(point: Point, doubts: Sequence[str]) -> Mark:
    return mark(point.workers, point.speed_up, point.low, point.high, doubts=doubts)


def together(curves: Mapping[str, Sequence[Mapping[str, Any]]]) -> Chart:
    """Return efficiency against the serial loop over the size of a task, with a series for each that was swept."""
    series = tuple(Series(name, "points", _grains(curve)) for name, curve in curves.items())
    return _over_sizes("Efficiency over the size of a task", series, (_HALF,))


def efficiencies(name: str, curves: Mapping[str, Sequence[Mapping[str, Any]]], found_s: float | None) -> Chart:
    """Return efficiency over the size of a task, with a series for each thing that is half reached at METG.

    Args:
        name: of what was swept.
        curves: what is half reached -> efficiency per size.
        found_s: METG against the serial loop, or None where it was not found.
    """
    found = tuple(Series(f"of {peak}", "points", _grains(curve)) for peak, curve in curves.items() if curve)
    metg = () if found_s is None else (Rule("x", found_s, f"METG(50 %) {format_seconds(found_s)}"),)
    return _over_sizes(name, found, (_HALF, *metg))


def _grains(curve: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    return tuple(mark(grain["granularity_s"], grain["efficiency"], doubts=grain["doubts"]) for grain in curve)


def _over_sizes(title: str, series: tuple[Series, ...], rules: tuple[Rule, ...]) -> Chart:
    size = Axis("time per task and worker", "s", logarithmic=True)
    return Chart(title, size, Axis("efficiency", "%", zero=True), series, rules)
