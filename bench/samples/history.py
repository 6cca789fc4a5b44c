"""From many records to a series of times per case and machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.analysis import estimator
from bench.analysis.change_points import LEAST, changes
from bench.core.commit import Commit
from bench.core.reason import said
from bench.core.record import key_of
from bench.core.side import HEAD, SAME
from bench.samples.likeness import machine_of, work_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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
        doubts: why it cannot be trusted; empty where nothing is known against it.
    """

    at: str
    commit: Commit | None
    seconds: float
    low: float | None
    high: float | None
    record: str
    doubts: tuple[Reason, ...] = ()

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
        changes: where they change their level, by index of the first point that has the new one. None is sure that
            rests on times in doubt.
        model_known: whether the CPU model of these machines is known; else they are alike as far as can be told.
    """

    case: Case
    machine: str
    work: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]
    model_known: bool = True

    def in_doubt(self, change: Change) -> bool:
        """Return whether, before the change or since, fewer times are out of doubt than a change needs."""
        bounds = [0, *(one.at for one in self.changes), len(self.points)]
        begin = max(bound for bound in bounds if bound < change.at)
        end = min(bound for bound in bounds if bound > change.at)
        sides = self.points[begin : change.at], self.points[change.at : end]
        return any(sum(not point.doubts for point in side) < LEAST for side in sides)

    def same_commit(self, change: Change) -> bool:
        """Return whether what was measured was the same commit before the change and since."""
        before, since = (self.points[at].commit for at in (change.at - 1, change.at))
        if before is None or since is None:
            return False
        return before.id == since.id and not (before.changed or since.changed)


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


def history(
    records: Mapping[str, Record],
    by: str = RECORD,
    wanted: Wanted | None = None,
    doubts: Callable[[Record], Mapping[str, Sequence[str]]] = lambda _record: {},
) -> History:
    """Join the times of like cases on like machines.

    Alike are machines with one CPU model (where it is not known: with one architecture, number of CPUs, size of memory
    and host name), one number of usable CPUs and one build of one minor version of Python, and jobs with one name (of a
    user's function: with its check and the digest of its items) and one size. Of several Pythons in one record each
    has series of its own.

    Args:
        records: by the names of their files.
        by: the order of the points, `RECORD` or `COMMIT`.
        wanted: which cases; None for all.
        doubts: from what one Python has measured to key -> why its time cannot be trusted.
    """
    found: dict[tuple[Case, str, str, bool], list[Point]] = {}
    undated: list[Point] = []
    for name, record in records.items():
        own: dict[str, Mapping[str, Sequence[str]]] = {}
        for part, case, side, machine in _measured(record):
            if machine not in own:
                own[machine] = doubts(part)
            point = (
                _point(part, case, side, name, own[machine].get(key_of(case, side), ()))
                if wanted is None or wanted.fits(case.id)
                else None
            )
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


def _point(record: Record, case: Case, side: str, name: str, doubts: Sequence[str]) -> Point | None:
    result = record.results.get(key_of(case, side))
    minima = estimator.least(result.samples) if result else ()
    if result is None or not minima:
        return None
    low, high = estimator.ends(minima)
    commit = record.commit
    if side in record.sides:
        told = record.sides[side].commit
        commit = Commit(told, "", changed=False) if told else None
    return Point(record.started_at, commit, estimator.time(minima), low, high, name, tuple(map(said, doubts)))


def _series(case: Case, machine: str, work: str, known: bool, points: Iterable[Point], by: str) -> Series:
    ordered = tuple(sorted(points, key=lambda point: (point.moment(by) or 0.0, point.at, point.record)))
    found = Series(case, machine, work, ordered, changes([point.seconds for point in ordered]), known)
    told = tuple(replace(one, sure=one.sure and not found.in_doubt(one)) for one in found.changes)
    return replace(found, changes=told)
