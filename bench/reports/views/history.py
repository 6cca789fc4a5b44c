"""The view of many records: how the time of each case went from one to the next, and where it changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.reports import cells, naming
from bench.reports.columns import constants
from bench.reports.report import USEFUL, Axis, Chart, Column, Mark, Report, Rule, notes, numbers, tabulated
from bench.reports.report import Series as Line
from bench.reports.wording import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.analysis.change_points import Change
    from bench.reports.report import Cell
    from bench.samples.history import Point, Series

RATES = (
    "A change is called likely where noise alone passes for one in 5 of 100 series (in 16 where neighbouring points "
    "are alike), and stands without that word where it does in 1 of 100. Its interval is right if its place is."
)
_TOGETHER = 8
"""Series in one chart: more colours cannot be told apart."""
FEW = "Changes are looked for from 6 points on."


def history(found: Sequence[Series]) -> Report:
    """Make the report of the series."""
    names = _names(found)
    machines = list(dict.fromkeys(one.machine for one in found))
    jobs = list(dict.fromkeys(one.work for one in found if one.work))
    heading = [*(machines if len(machines) == 1 else []), *(jobs if len(jobs) == 1 else [])]
    several = tuple(one for one in found if len(one.points) > 1)
    shown = several or tuple(found)
    columns = [
        (Column("case"), lambda one: names[one]),
        *([(Column("machine"), lambda one: one.machine)] if len(machines) > 1 else []),
        *([(Column("job", importance=USEFUL), lambda one: one.work or "-")] if len(jobs) > 1 else []),
        (numbers("points"), lambda one: cells.count(len(one.points))),
        (numbers("first", USEFUL), lambda one: _time(one.points[0])),
        (numbers("last"), lambda one: _time(one.points[-1])),
        (numbers("last / first"), lambda one: cells.decimal(one.points[-1].seconds / one.points[0].seconds)),
        (numbers("changes"), lambda one: cells.count(len(one.changes))),
    ]
    said = list(_sentences(found, names))
    return Report(
        heading=(*heading, *constants(one.case for one in found)),
        blocks=(
            tabulated(columns, shown),
            *notes(said or ["No time changed its level."]),
            *notes(
                [f"{len(found) - len(shown)} cases with one point each are not shown."]
                if len(found) > len(shown)
                else []
            ),
            *notes([RATES] if said else [FEW]),
            *notes(_disturbed(found)),
            *(_chart(*place, own, names) for place, own in _together(several).items()),
        ),
        data={"series": [_data(one, names[one]) for one in found]},
        tidy=_tidy(found, names),
    )


def _names(found: Sequence[Series]) -> dict[Series, str]:
    """Return short names of the cases, which are the same in the next history."""
    cases = [one.case for one in found]
    told = [{"id": one.id, "family": one.family, "member": one.member, "params": dict(one.params)} for one in cases]
    names = naming.short(told)
    return {one: names[one.case.id] for one in found}


def _time(point: Point) -> Cell:
    return cells.seconds(point.seconds, point.low, point.high)


def _sentences(found: Iterable[Series], names: Mapping[Series, str]) -> Iterator[str]:
    for one in found:
        for change in one.changes:
            point = one.points[change.at]
            word = "slower" if change.ratio > 1 else "faster"
            percents = sorted(abs(100 * (ratio - 1)) for ratio in (change.low, change.high))
            between = (
                f"{percents[0]:.2g} .. {percents[1]:.2g}"
                if (change.low > 1) == (change.high > 1)
                else (f"{100 * (change.low - 1):+.2g} .. {100 * (change.high - 1):+.2g}")
            )
            likely = "" if change.sure else "likely "
            since = f"commit {point.commit} ({point.at[:10]})" if point.commit else point.at[:10]
            yield f"{names[one]}: since {since} {likely}{abs(100 * (change.ratio - 1)):.2g} % {word} ({between})."


def _disturbed(found: Iterable[Series]) -> Iterator[str]:
    files = dict.fromkeys(point.record for one in found for point in one.points if point.disturbed)
    if files:
        yield f"Taken on a disturbed machine: {', '.join(files)}."


def _together(found: Iterable[Series]) -> dict[tuple[str, str, int], list[Series]]:
    """Return the series that stand in one chart: of one machine and one family, a few at a time."""
    groups: dict[tuple[str, str, int], list[Series]] = {}
    for one in found:
        number = 1
        while len(groups.get((one.machine, one.case.family, number), ())) == _TOGETHER:
            number += 1
        groups.setdefault((one.machine, one.case.family, number), []).append(one)
    return groups


def _chart(machine: str, family: str, number: int, found: Sequence[Series], names: Mapping[Series, str]) -> Chart:
    lines = tuple(
        Line(
            names[one],
            "points",
            tuple(
                Mark(_moment(point), point.seconds, point.low, point.high, _note(point), bool(point.disturbed))
                for point in one.points
            ),
        )
        for one in found
    )
    rules = {one.points[change.at].at: one.points[change.at] for one in found for change in one.changes}
    return Chart(
        f"Times of {family} on {machine}{f' ({number})' if number > 1 else ''}",
        Axis("record", "date"),
        Axis("time", "s", logarithmic=True),
        lines,
        tuple(Rule("x", _moment(point), str(point.commit or at[:10])) for at, point in rules.items()),
    )


def _moment(point: Point) -> float:
    """Return seconds since 1970, UTC."""
    try:
        at = datetime.fromisoformat(point.at)
    except ValueError:  # in a record that somebody has edited
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _note(point: Point) -> str:
    return "; ".join([*([f"commit {point.commit}"] if point.commit else []), *map(word, point.disturbed)])


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
                "uncommitted_changes": point.commit.changed if point.commit else None,
                "seconds": point.seconds,
                "low": point.low,
                "high": point.high,
                "record": point.record,
                "disturbed": [word(one) for one in point.disturbed],
            }
            for point in one.points
        ],
        "changes": [_change(change, one.points[change.at]) for change in one.changes],
    }


def _change(change: Change, point: Point) -> dict[str, Any]:
    return {
        "at": point.at,
        "commit": point.commit.id if point.commit else None,
        "ratio": change.ratio,
        "low": change.low,
        "high": change.high,
        "sure": change.sure,
        "index": change.at,
    }


def _tidy(found: Iterable[Series], names: Mapping[Series, str]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    head = ("case", "name", "machine", "at", "commit", "seconds", "low", "high", "record")
    lines = tuple(
        (
            one.case.id,
            names[one],
            one.machine,
            point.at,
            point.commit.id if point.commit else "",
            point.seconds,
            point.low,
            point.high,
            point.record,
        )
        for one in found
        for point in one.points
    )
    return head, lines
