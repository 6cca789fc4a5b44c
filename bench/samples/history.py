"""From many records to a series of times per case and machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.analysis import estimator
from bench.analysis.change_points import changes
from bench.core.commit import Commit
from bench.core.record import key_of
from bench.core.side import HEAD, SAME
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
    and host name), one number of usable CPUs and one build of one minor version of Python, and jobs with one name (of a
    user's function: with its check and the digest of its items) and one size. Of several Pythons in one record each
    has series of its own.

    Args:
        records: by the names of their files.
        by: the order of the points, `RECORD` or `COMMIT`.
        wanted: which cases; None for all.
    """
    found: dict[tuple[Case, str, str, bool], list[Point]] = {}
    undated: list[Point] = []
    for name, record in records.items():
        for part, case, side, machine in _measured(record):
            point = _point(part, case, side, name) if wanted is None or wanted.fits(case.id) else None
            if point and by == COMMIT and point.moment(COMMIT) is None:
                undated.append(point)
            elif point:
                place = case, machine, work_of(part.plan.work.get(case.id)), part.machine.knows_model
                found.setdefault(place, []).append(point)
    return History(tuple(_series(*place, points, by) for place, points in found.items()), by, tuple(undated))


def _measured(record: Record) -> Iterator[tuple[Record, Case, str, str]]:
    """Yield what each Python has measured, every case with its side, and on what; Pythons that are alike by name.

    Of a gate's sides it is the head alone, whose base has records of its own, and of a selftest's what is not slowed.
    """
    machines = [_machine(part) for _, part in record.apart]
    for (name, part), machine in zip(record.apart, machines, strict=True):
        told = f"{machine} ({name})" if machines.count(machine) > 1 else machine
        for case, side in part.points:
            if side in ("", HEAD, SAME):
                yield part, case, side, told


def _machine(record: Record) -> str:
    head = record.sides.get(HEAD)
    return machine_of(record.machine, head.python_version if head else "")


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
