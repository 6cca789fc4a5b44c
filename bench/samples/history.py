"""From many records to a series of times per case and machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis import estimator
from bench.analysis.change_points import changes
from bench.core.commit import Commit
from bench.core.record import key_of
from bench.core.side import CONTROLS, HEAD
from bench.samples.readings import disturbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.analysis.change_points import Change
    from bench.core.case import Case
    from bench.core.machine import Machine
    from bench.core.reason import Reason
    from bench.core.record import Record


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


@dataclass(frozen=True, slots=True)
class Series:
    """The times of one case on machines that are alike.

    Attributes:
        case: the case.
        machine: CPU model, usable CPUs and Python, in a line.
        work: name and size of its job; empty where it has none.
        points: in the order of time.
        changes: where they change their level, by index of the first point that has the new one.
    """

    case: Case
    machine: str
    work: str
    points: tuple[Point, ...]
    changes: tuple[Change, ...]


def history(records: Mapping[str, Record]) -> tuple[Series, ...]:
    """Join the times of like cases on like machines; ``records`` has them by the names of their files.

    Alike are machines with one CPU model, one number of usable CPUs and one minor version of Python, and jobs with one
    name (of a user's function: with its check and the digest of its items) and one size.
    """
    found: dict[tuple[Case, str, str], list[Point]] = {}
    for name, record in records.items():
        for case, side, python in _measured(record):
            place = case, machine_of(record.machine, python), _work(record, case)
            point = _point(record, case, side, name)
            if point:
                found.setdefault(place, []).append(point)
    return tuple(_series(*place, points) for place, points in found.items())


def machine_of(machine: Machine, python: str = "") -> str:
    """Return in a line what makes machines alike; ``python`` is the version that measured, where it is another one."""
    minor = ".".join((python or machine.python_version).split(".")[:2])
    build = "" if machine.gil else ", free-threaded"
    return (
        f"{machine.cpu_model or machine.architecture}, {machine.usable_cpus:g} usable CPUs, "
        f"{machine.python_implementation} {minor}{build}"
    )


def _measured(record: Record) -> Iterator[tuple[Case, str, str]]:
    """Yield every case with its side; of a gate's the head alone, whose base has records of its own."""
    left_out = set(CONTROLS) | (record.sides.keys() - {HEAD} if HEAD in record.sides else set())
    for case, side in record.points:
        if side not in left_out:
            yield case, side, record.sides[side].python_version if side in record.sides else ""


def _work(record: Record, case: Case) -> str:
    work = record.plan.work.get(case.id)
    return f"{work.name} ({work.size} {work.unit}s)" if work else ""


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


def _series(case: Case, machine: str, work: str, points: Iterable[Point]) -> Series:
    ordered = tuple(sorted(points, key=lambda point: (point.at, point.record)))
    return Series(case, machine, work, ordered, changes([point.seconds for point in ordered]))
