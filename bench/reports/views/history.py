"""The view of many records: how the time of each case went from one to the next, and where it changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.reports import cells, naming
from bench.reports.changes import IN_DOUBT, RATES, counted, is_looked_at, limits, sentences
from bench.reports.columns import constants
from bench.reports.report import (
    DOUBTFUL,
    USEFUL,
    Axis,
    Chart,
    Column,
    Mark,
    Report,
    Rule,
    key,
    notes,
    numbers,
    tabulated,
)
from bench.reports.report import Series as Line
from bench.reports.wording import few, word
from bench.samples.history import COMMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.analysis.change_points import Change
    from bench.reports.report import Cell, Table
    from bench.samples.history import History, Point, Series

_TOGETHER = 8
"""Series in one chart: more colours cannot be told apart."""


def history(found: History) -> Report:
    """Make the report of the series."""
    every = found.series
    names = _names(every)
    whole = _told_apart(every, names)
    several = tuple(one for one in every if len(one.points) > 1)
    said = list(sentences(every, whole))
    return Report(
        heading=(*_heading(every), *constants(one.case for one in every)),
        blocks=(
            _table(every, several or every, names),
            *notes(said or (["No time changed its level."] if any(map(is_looked_at, every)) else [])),
            *notes(_left_out(len(every) - len(several)) if several else []),
            *notes(limits(found)),
            *notes([RATES] if said else []),
            *notes([IN_DOUBT] if any(one.in_doubt(change) for one in every for change in one.changes) else []),
            *notes(_doubted(several or every)),
            *(_chart(place, own, names, found.by) for place, own in _together(several).items()),
        ),
        data={
            "by": found.by,
            "left_out": [point.record for point in found.undated],
            "series": [_data(one, names[one]) for one in every],
        },
        tidy=_tidy(every, names),
    )


def _heading(found: Sequence[Series]) -> list[str]:
    """Return the machine and the job where there is one only."""
    told = (_machines(found), _jobs(found))
    return [only for names in told if len(names) == 1 for only in names]


def _machines(found: Iterable[Series]) -> list[str]:
    return list(dict.fromkeys(one.machine for one in found))


def _jobs(found: Iterable[Series]) -> list[str]:
    return list(dict.fromkeys(one.work for one in found if one.work))


def _table(every: Sequence[Series], shown: Sequence[Series], names: Mapping[Series, str]) -> Table:
    columns = [
        (Column("case"), lambda one: names[one]),
        *([(Column("machine", key=True), lambda one: one.machine)] if len(_machines(every)) > 1 else []),
        *([(key("job"), lambda one: one.work or "-")] if len(_jobs(every)) > 1 else []),
        (numbers("points"), lambda one: cells.count(len(one.points))),
        (numbers("first", USEFUL), lambda one: _time(one.points[0])),
        (numbers("last"), lambda one: _time(one.points[-1])),
        (numbers("last / first"), lambda one: cells.decimal(one.points[-1].seconds / one.points[0].seconds)),
        (Column("changes"), counted),
    ]
    return tabulated(columns, shown)


def _names(found: Sequence[Series]) -> dict[Series, str]:
    """Return short names of the cases, which are the same in the next history."""
    cases = [one.case for one in found]
    told = [{"id": one.id, "family": one.family, "member": one.member, "params": dict(one.params)} for one in cases]
    names = naming.short(told)
    return {one: names[one.case.id] for one in found}


def _told_apart(found: Sequence[Series], names: Mapping[Series, str]) -> dict[Series, str]:
    """Return the names with machine or job behind them, where several series of one case differ in it."""
    alike: dict[str, list[Series]] = {}
    for one in found:
        alike.setdefault(names[one], []).append(one)
    whole = {}
    for name, several in alike.items():
        machines, jobs = {one.machine for one in several}, {one.work for one in several}
        for one in several:
            told = [*([one.machine] if len(machines) > 1 else []), *([one.work] if len(jobs) > 1 and one.work else [])]
            whole[one] = ", ".join([name, *told])
    return whole


def _time(point: Point) -> Cell:
    found = cells.seconds(point.seconds, point.low, point.high)
    return replace(found, tone=DOUBTFUL, reasons=tuple(map(word, point.doubts))) if point.doubts else found


def _left_out(count: int) -> list[str]:
    one = "1 series with a single point is not shown."
    return [one if count == 1 else f"{count} series with one point each are not shown."] if count else []


def _doubted(found: Iterable[Series]) -> list[str]:
    files = dict.fromkeys(point.record for one in found for point in one.points if point.doubts)
    return [f"Some times are in doubt, see show: {few(list(files))}."] if files else []


@dataclass(frozen=True, slots=True)
class _Place:
    """What the series of one chart share; ``number`` tells charts of the same apart."""

    machine: str
    family: str
    work: str
    number: int

    @property
    def title(self) -> str:
        work = f": {self.work}" if self.work else ""
        return f"Times of {self.family} on {self.machine}{work}{f' ({self.number})' if self.number > 1 else ''}"


def _together(found: Iterable[Series]) -> dict[_Place, list[Series]]:
    """Return the series that stand in one chart: of one machine, one family and one job, a few at a time."""
    groups: dict[_Place, list[Series]] = {}
    for one in found:
        place = _Place(one.machine, one.case.family, one.work, 1)
        while len(groups.get(place, ())) == _TOGETHER:
            place = replace(place, number=place.number + 1)
        groups.setdefault(place, []).append(one)
    return groups


def _chart(place: _Place, found: Sequence[Series], names: Mapping[Series, str], by: str) -> Chart:
    lines = tuple(Line(names[one], "points", tuple(_mark(point, by) for point in one.points)) for one in found)
    return Chart(place.title, Axis(by, "date"), Axis("time", "s", logarithmic=True), lines, _rules(found, by))


def _mark(point: Point, by: str) -> Mark:
    return Mark(_at(point, by), point.seconds, point.low, point.high, _note(point, by), bool(point.doubts))


def _rules(found: Iterable[Series], by: str) -> tuple[Rule, ...]:
    """Return a line for each record that begins a new level; it is a likely one where no series is sure of it."""
    sure: dict[tuple[float, str], bool] = {}
    for one in found:
        for change in one.changes:
            point = one.points[change.at]
            place = _at(point, by), str((not one.same_commit(change) and point.commit) or point.at[:10])
            sure[place] = sure.get(place, False) or change.sure
    return tuple(Rule("x", at, label if certain else f"{label}, likely") for (at, label), certain in sure.items())


def _at(point: Point, by: str) -> float:
    """Return where a point stands: seconds since 1970, UTC, and 0 in a record that somebody has edited."""
    return point.moment(by) or 0.0


def _note(point: Point, by: str) -> str:
    commit = [f"commit {point.commit}"] if point.commit else []
    measured = [f"measured {point.at[:10]}"] if by == COMMIT else []
    return "; ".join([*commit, *measured, *map(word, point.doubts)])


def _data(one: Series, name: str) -> dict[str, Any]:
    return {
        "case": one.case.id,
        "name": name,
        "machine": one.machine,
        "work": one.work,
        "points": [
            {
                "at": point.at,
                "commit": point.commit.id if point.commit else None,
                "commit_at": (point.commit.at or None) if point.commit else None,
                "uncommitted_changes": point.commit.changed if point.commit else None,
                "seconds": point.seconds,
                "low": point.low,
                "high": point.high,
                "record": point.record,
                "disturbed": [word(one) for one in point.doubts],
            }
            for point in one.points
        ],
        "changes": [_change(one, change) for change in one.changes],
    }


def _change(one: Series, change: Change) -> dict[str, Any]:
    point = one.points[change.at]
    return {
        "at": point.at,
        "commit": point.commit.id if point.commit else None,
        "ratio": change.ratio,
        "low": change.low,
        "high": change.high,
        "sure": change.sure,
        "in_doubt": one.in_doubt(change),
        "same_commit": one.same_commit(change),
        "index": change.at,
    }


def _tidy(found: Iterable[Series], names: Mapping[Series, str]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    head = ("case", "name", "machine", "work", "at", "commit", "commit_at", "seconds", "low", "high", "record")
    lines = tuple(
        (
            one.case.id,
            names[one],
            one.machine,
            one.work,
            point.at,
            point.commit.id if point.commit else "",
            point.commit.at if point.commit else "",
            point.seconds,
            point.low,
            point.high,
            point.record,
        )
        for one in found
        for point in one.points
    )
    return head, lines
