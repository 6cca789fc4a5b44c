"""The workers of one observed body: a bar for each, its longest items, and a chart of who did what when."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from bench.analysis.decomposition import PARTS
from bench.core.units import format_seconds
from bench.reports import cells
from bench.reports.report import DETAIL, USEFUL, Axis, Cell, Chart, Mark, Series, numbers, table
from bench.reports.stretches import stretches

if TYPE_CHECKING:
    from bench.analysis.decomposition import Parts
    from bench.core.observation import Span
    from bench.reports.report import Table
    from bench.samples.explained import Explained

SLOWEST = 5
_BAR = 50  # signs of a bar: each is 2 % of the body; with its numbers it fits into a line of 80
_SIGNS = dict(zip(PARTS, "s#!~-.e?", strict=True))
LEGEND = (
    "Signs of a worker's bar: s making workers, # CPU time inside items, ! stolen, ~ blocked, - between items, "
    ". waiting at the end, e ending workers, ? unexplained."
)
_NS = 1e-9  # the resolution of the clocks
INSIDE, SHARES = "inside items", "share of the time that is inside items"
"""What stretches of a worker's lane are: items, or of each bin of time as much as was spent inside items."""


def bars(found: Explained, name: str) -> Table:
    """Return a bar for each worker, in which each part of its time has as many signs as it takes."""
    columns = ("worker", f"{_BAR} signs are {format_seconds(found.made.wall_s)}", numbers("in items", USEFUL))
    rows: list[tuple[Cell | str, ...]] = [
        (str(number), _bar(lane, found.made.wall_s), cells.percent(lane.inside / found.made.wall_s))
        for number, lane in enumerate(found.made.lanes)
    ]
    return table(columns, rows, f"{name}: its workers")


def _bar(lane: Parts, wall_s: float) -> str:
    """Return signs in the order in which parts come; their ends are rounded, so that they always fill the bar."""
    seconds = [max(0.0, getattr(lane, part)) for part in PARTS]
    whole = max(sum(seconds), wall_s)
    ends = [round(_BAR * end / whole) for end in accumulate(seconds)]
    return "".join(_SIGNS[part] * (end - begin) for part, begin, end in zip(PARTS, [0, *ends[:-1]], ends, strict=True))


def slowest(found: Explained, name: str) -> Table:
    """Return the items that took longest, which are kept even where others are not."""
    spans = sorted(found.seen.spans, key=_length, reverse=True)[:SLOWEST]
    columns = (
        numbers("worker"),
        numbers("began"),
        numbers("took"),
        numbers("CPU time"),
        numbers("stolen", DETAIL),
        numbers("blocked", DETAIL),
    )
    rows = [
        (
            cells.count(span.worker),
            _seconds(span.begin),
            _seconds(_length(span)),
            _seconds(span.cpu),
            _seconds(span.delay),
            _seconds(max(0.0, _length(span) - span.cpu - (span.delay or 0.0))),
        )
        for span in spans
    ]
    return table(columns, rows, f"{name}: the longest items")


def _seconds(value: float | None) -> Cell:
    return Cell("0 s", 0.0, "s") if value is not None and value < _NS else cells.seconds(value)


def lanes(found: Explained, name: str) -> Chart:
    """Return when each worker was inside items, and what the parent did.

    Of a worker with more items than can be drawn it is which share of its time was, see `bench.reports.stretches`.
    """
    seen = found.seen
    marks: dict[str, list[Mark]] = {INSIDE: [], SHARES: []}
    for worker in sorted({span.worker for span in seen.spans}):
        own = stretches(seen, worker, found.made.wall_s)
        marks[INSIDE if own.whole else SHARES] += [_mark(f"worker {worker}", *ends) for ends in own.ends]
    series = [Series(told, "spans", tuple(own)) for told, own in marks.items()]
    series += [Series(doing, "spans", (_mark("parent", begin, end),)) for doing, begin, end in seen.stages]
    return Chart(name, Axis("worker"), Axis("time", "s"), tuple(one for one in series if one.marks))


def _mark(lane: str, begin: float, end: float) -> Mark:
    return Mark(lane, end - begin, begin, end)


def _length(span: Span) -> float:
    return span.end - span.begin
