"""Channels: what a message costs and what each byte adds, and from which size shared memory beats a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.errors import TooFew
from bench.analysis.transfer import Line, Points, crossing, fit_transfer
from bench.reports import cells, charts
from bench.reports.insight import Insight
from bench.reports.report import DETAIL, Axis, Cell, Chart, Rule, Series, numbers, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.core.record import Record
    from bench.reports.report import Mark, Table
    from bench.samples.rows import Row

# Only a Connection of multiprocessing changes its way of writing at 16 KiB.
_CONNECTIONS = ("pipe", "pipe-simplex", "queue", "simple-queue", "joinable-queue", "manager-")
_PIPE, _SHARED = "pipe", "shared-memory"
_Setting = tuple[tuple[str, str], ...]


def insight(record: Record, rows: Sequence[Row]) -> Insight:
    """Fit a line (two where a Connection is involved) to each channel that was measured at two sizes at least.

    No line is drawn from times in doubt, and from lines that lack some of them no crossing.
    """
    found: dict[_Setting, dict[str, tuple[Line, ...]]] = {}
    drawn: dict[_Setting, tuple[str, ...]] = {}
    crossings: dict[_Setting, int | None] = {}
    doubtful: set[_Setting] = set()
    for setting in dict.fromkeys(map(_setting, rows)):
        own = [row for row in rows if _setting(row) == setting]
        points, every = _points([row for row in own if not row.doubts]), _fits(_points(own))
        if every:
            drawn[setting], found[setting] = tuple(every), _fits(points)
        if any(row.doubts for row in own if row.case.member in (_PIPE, _SHARED)):
            doubtful.add(setting)
        if _PIPE in every and _SHARED in every:
            crossings[setting] = None if setting in doubtful else crossing(points[_PIPE], points[_SHARED])
    if not found:
        return Insight()
    several = len(found) > 1
    return Insight(
        tables=tuple(
            _table(setting, fits, _left_out(rows, setting), several) for setting, fits in found.items() if fits
        ),
        charts=tuple(
            _chart(
                setting,
                [row for row in rows if _setting(row) == setting],
                members,
                crossings.get(setting),
                several,
            )
            for setting, members in drawn.items()
        ),
        notes=tuple(
            _doubt_note(setting, several) if setting in doubtful else _crossing_note(setting, size, several)
            for setting, size in crossings.items()
        ),
        data={
            "transfer": [_data(setting, member, fit) for setting, fits in found.items() for member, fit in fits.items()]
        },
    )


def _setting(row: Row) -> _Setting:
    """Return everything but the size, and but what follows from the channel."""
    return tuple(
        (axis, str(value)) for axis, value in row.case.params if axis in ("pattern", "codec", "content", "placement")
    )


def _points(rows: Sequence[Row]) -> dict[str, Points]:
    points: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        size = dict(row.case.params).get("size")
        if row.typical_s is not None and isinstance(size, int):
            points.setdefault(row.case.member, []).append((size, row.typical_s))
    return dict(points)


def _fits(points: Mapping[str, Points]) -> dict[str, tuple[Line, ...]]:
    fits = {}
    for member, own in points.items():
        sizes, times_s = zip(*own, strict=True)
        has_break = member.startswith(_CONNECTIONS)
        try:
            fits[member] = fit_transfer(sizes, times_s) if has_break else fit_transfer(sizes, times_s, None)
        except TooFew:
            continue
    return fits


def _left_out(rows: Sequence[Row], setting: _Setting) -> dict[str, str]:
    """Return which sizes of a channel are in doubt, and no part of its line."""
    sizes: dict[str, list[str]] = {}
    for row in rows:
        if row.doubts and row.typical_s is not None and _setting(row) == setting:
            sizes.setdefault(row.case.member, []).append(f"{dict(row.case.params).get('size')} B")
    return {member: f"in doubt and left out: {', '.join(own)}" for member, own in sizes.items()}


def _table(
    setting: _Setting, fits: Mapping[str, tuple[Line, ...]], left_out: Mapping[str, str], several: bool
) -> Table:
    lines: list[tuple[Cell | str, ...]] = []
    for member, fit in fits.items():
        for line in fit:
            span = f"{line.low_bytes} to {line.high_bytes} B"
            speed = (
                Cell(f"{1e-6 / line.beta_s:,.0f} MB/s", 1 / line.beta_s, "B/s") if line.beta_s > 0 else cells.NOTHING
            )
            lines.append(
                (
                    cells.because(member, left_out.get(member, "")),
                    span,
                    cells.seconds(line.alpha_s),
                    speed,
                    cells.percent(line.error),
                )
            )
    where = f", {_words(setting)}" if several else ""
    return table(
        (
            "channel",
            "messages of",
            numbers("each message"),
            numbers("and its bytes at"),
            numbers("error up to", DETAIL),
        ),
        lines,
        f"time = alpha + beta x bytes{where}",
    )


def _chart(
    setting: _Setting, rows: Sequence[Row], members: Iterable[str], crossing_bytes: int | None, several: bool
) -> Chart:
    """Return what a message of each size takes, for the channels that were measured at several."""
    series = [
        Series(member, "points", tuple(sorted(_marks(rows, member), key=lambda mark: mark.x))) for member in members
    ]
    rule = (
        [] if crossing_bytes is None else [Rule("x", crossing_bytes, f"{_SHARED} is cheaper than {_PIPE} from here on")]
    )
    where = f", {_words(setting)}" if several else ""
    size, time = Axis("size of the message", "B", logarithmic=True), Axis("time", "s", logarithmic=True)
    return Chart(f"What a message takes{where}", size, time, tuple(series), tuple(rule))


def _marks(rows: Sequence[Row], member: str) -> Iterator[Mark]:
    for row in rows:
        size = dict(row.case.params).get("size")
        if row.case.member == member and row.typical_s is not None and isinstance(size, int):
            yield charts.mark(size, row.typical_s, *row.ends, doubts=row.doubts)


def _doubt_note(setting: _Setting, several: bool) -> str:
    where = f" ({_words(setting)})" if several else ""
    return f"From which size shared-memory is cheaper than pipe is not said: some of their times are in doubt{where}."


def _crossing_note(setting: _Setting, size: int | None, several: bool) -> str:
    where = f" ({_words(setting)})" if several else ""
    if size is None:
        return f"shared-memory is not cheaper than pipe at the largest size measured{where}."
    return f"shared-memory is cheaper than pipe from messages of {_about(size)} on{where}."


def _about(size: int) -> str:
    """Write a size that lies somewhere between two measured ones with no more digits than it deserves."""
    return f"about {float(f'{size:.2g}'):,.0f} bytes" if size >= 100 else f"{size} bytes"


def _words(setting: _Setting) -> str:
    return ", ".join(f"{axis} {value}" for axis, value in setting)


def _data(setting: _Setting, member: str, fit: tuple[Line, ...]) -> dict[str, object]:
    lines = [
        {
            "alpha_s": line.alpha_s,
            "beta_s_per_byte": line.beta_s,
            "low_bytes": line.low_bytes,
            "high_bytes": line.high_bytes,
            "error": line.error,
        }
        for line in fit
    ]
    return {"member": member, **dict(setting), "lines": lines}
