"""From many records to a series of times per case and machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.analysis import estimator
from bench.analysis.change_points import changes
from bench.core.commit import Commit
from bench.core.record import key_of
from bench.core.side import CONTROLS, HEAD
from bench.samples.likeness import machine_of, work_of
from bench.samples.readings import disturbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.analysis.change_points import Change
    from bench.core.case import Case
    from bench.core.reason import Reason
    from bench.core.record import Record
    from bench.core.wanted import Wanted

RECORD, COMMIT = "record", "commit"
"""In which order points stand: as their records were taken, or as what they measured was committed."""


@dataclass(frozen=True, slots=True)
class Point:
    """The time of a case in one record.

    Attributes:
        at: when the record was begun, ISO 8601.
        commit: of what was measured; None where the record does not know it.
        seconds: per operation, see `bench.analysis.estimator`.
        low: lower end of its 95 % interval; None with too few processes.
        high: upper end.
        record: the name of the file.
        disturbed: why it cannot be trusted; empty where nothing is known against it.
    """

    at: str
    commit: Commit | None
    seconds: float
    low: float | None
    high: float | None
    record: str
    disturbed: tuple[Reason, ...] = ()

    def moment(self, by: str) -> float | None:
        """Return when its record was begun, or its commit made: seconds since 1970, UTC; None where nobody knows."""
        told = self.at if by == RECORD else self.commit.at if self.commit else ""
        try:
            at = datetime.fromisoformat(told)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):  # in a record that somebody has edited, and where only the hash is known
            return None


@dataclass(frozen=True, slots=True)
class Series:
    """The times of one case on machines that are alike.

    Attributes:
        case: the case.
        machine: CPU model, usable CPUs and Python, in a line.
        work: name and size of its job; empty where it has none.
        points: in the order that was asked for.
        changes: where they change their level, by index of the first point that has the new one.
        model_known: whether the CPU model of these machines is known; else they are alike as far as can be told.
    """

    case: Case
    machine: str
    work: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    model_known: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """What many records hold.

    Attributes:
        series: each with one point at least.
        by: the order of their points, `RECORD` or `COMMIT`.
        undated: the points that have no place in this order, and stand in no series.
    """

    series: tuple[Series, ...]
    by: str
    undated: tuple[Point, ...]


def history(records: Mapping[str, Record], by: str = RECORD, wanted: Wanted | None = None) -> History:
    """Join the times of like cases on like machines.

    Alike are machines with one CPU model (where it is not known: with one architecture, number of CPUs, size of memory
    and host name), one number of usable CPUs and one minor version of Python, and jobs with one name (of a user's
    function: with its check and the digest of its items) and one size.

    Args:
        records: by the names of their files.
        by: the order of the points, `RECORD` or `COMMIT`.
        wanted: which cases; None for all.
    """
    found: dict[tuple[Case, str, str, bool], list[Point]] = {}
    undated: list[Point] = []
    for name, record in records.items():
        for case, side, python in _measured(record):
            point = _point(record, case, side, name) if wanted is None or wanted.fits(case.id) else None
            if point and by == COMMIT and point.moment(COMMIT) is None:
                undated.append(point)
            elif point:
                machine, work = machine_of(record.machine, python), work_of(record.plan.work.get(case.id))
                place = case, machine, work, record.machine.knows_model
                found.setdefault(place, []).append(point)
    return History(tuple(_series(*place, points, by) for place, points in found.items()), by, tuple(undated))


def _measured(record: Record) -> Iterator[tuple[Case, str, str]]:
    """Yield every case with its side; of a gate's the head alone, whose base has records of its own."""
    left_out = set(CONTROLS) | (record.sides.keys() - {HEAD} if HEAD in record.sides else set())
    for case, side in record.points:
        if side not in left_out:
            yield case, side, record.sides[side].python_version if side in record.sides else ""


def _point(record: Record, case: Case, side: str, name: str) -> Point | None:
    result = record.results.get(key_of(case, side))
    minima = estimator.least(result.samples) if result else ()
    if result is None or not minima:
        return None
    low, high = estimator.ends(minima)
    doubts = tuple(disturbed(result.processes, record.machine.logical_cpus))
    commit = record.commit
    if side in record.sides:
        told = record.sides[side].commit
        commit = Commit(told, "", changed=False) if told else None
    return Point(record.started_at, commit, estimator.time(minima), low, high, name, doubts)


def _series(case: Case, machine: str, work: str, known: bool, points: Iterable[Point], by: str) -> Series:
    ordered = tuple(sorted(points, key=lambda point: (point.moment(by) or 0.0, point.at, point.record)))
    return Series(case, machine, work, ordered, changes([point.seconds for point in ordered]), known)
