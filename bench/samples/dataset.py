"""One file as a comparison sees it: where its times come from, what they are, and which cases have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bench.core.case import NONE, Case, Value
from bench.core.job import SEEN, Work
from bench.core.machine import Machine
from bench.core.reason import Kind, Reason
from bench.core.record import Process, Record, key_of
from bench.core.reference import Role
from bench.core.stamps import ADDS_RATES
from bench.samples.parallelism import lock_switched_on
from bench.samples.readings import disturbed

CPU_MODEL, USABLE_CPUS, PYTHON, WORK = "CPU model", "usable CPUs", "Python", "work"

UNIT = "unit of "
"""Begins the name of a field that is no property of a whole file: the unit of one benchmark."""

FIELDS = (CPU_MODEL, USABLE_CPUS, PYTHON, WORK)
"""What must not differ between times that are compared. The schema is seen to when a file is read."""

SECOND = "second"
"""The unit of records, and of pyperf files that measure time."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The times of one case in one dataset.

    Attributes:
        id: the case's id, or the name of a benchmark of a plain pyperf file.
        case: the case; None for a plain benchmark.
        dataset: name of the dataset.
        samples: seconds per operation, one row per process, one column per value; relative to the serial loop once
            normalised.
        references: role -> id of the case it is measured against.
        unit: what the samples count; pyperf's word.
        sizes: how many of the samples, in their order, belong to each session, where several were joined.
        undivided: the samples in seconds, once normalised.
        baseline: those of the serial loop that they were divided by.
        side: who measured, where several sides did.
        python: the interpreter that measured, where several did; empty where the whole file has one.
        role: what the case is to others, or None.
        work: how much it is, where that is known.
        adds_rates: whether this is a ceiling that is the sum of its copies' rates; in older records it is the slowest.
        lock_by: which module had the interpreter lock on again while threads were measured, in a build without one.
        doubts: why the times cannot be trusted, in words.
    """

    id: str
    case: Case | None
    dataset: str
    samples: tuple[tuple[float, ...], ...]
    references: Mapping[Role, str]
    unit: str = SECOND
    sizes: tuple[int, ...] = ()
    undivided: tuple[tuple[float, ...], ...] = ()
    baseline: tuple[tuple[float, ...], ...] = ()
    adds_rates: bool = False
    side: str = ""
    python: str = ""
    role: Role | None = None
    work: Work | None = None
    lock_by: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def sessions(self) -> tuple[int, ...]:
        """How many of the samples belong to each session."""
        return self.sizes or (len(self.samples),)

    def coordinate(self, axis: str) -> Value:
        """Return the value on an axis, where family and member count as axes; `NONE` where the axis means nothing."""
        if self.case is None:
            return NONE
        own: dict[str, Value] = {
            "family": self.case.family,
            "member": self.case.member,
            "side": self.side or NONE,
            "python": self.python or NONE,
        }
        return (own | dict(self.case.params)).get(axis, NONE)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was measured in one go: a record, or a plain pyperf file.

    Attributes:
        name: what tables call it, for example the file's name.
        identity: a value for each of `FIELDS`; None where the file does not tell.
        cells: id -> times, in the order of the plan.
        absent: id -> why there is no time: failed, pending, skipped or missing.
        failed: those ids of `absent` whose case was tried and failed.
        environ: which of the user's variables functions saw, and how many threads those asked for; empty if none.
        points: id -> the case's own id and the Python that was to measure it, where several Pythons did.
        disturbed: what disturbed the machine meanwhile, each with the dataset's name.
    """

    name: str
    identity: Mapping[str, str | None]
    cells: Mapping[str, Cell]
    absent: Mapping[str, Reason]
    failed: frozenset[str]
    environ: str = ""
    points: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    disturbed: tuple[Reason, ...] = ()


def from_record(record: Record, name: str, doubts: Mapping[str, tuple[str, ...]] | None = None) -> Dataset:
    """Return the dataset of a record.

    Args:
        record: the record.
        name: what tables call it.
        doubts: key -> why a time cannot be trusted; None where nobody asks for it.
    """
    plan, roles = record.plan, record.plan.roles
    measured = {key_of(case, side): (case, side) for case, side in record.points}
    keys = {(case.id, side): key for key, (case, side) in measured.items()}
    pythons = {side: _python_of_side(record, side) for side in record.sides}
    cells = {
        key: Cell(
            key,
            case,
            name,
            record.results[key].samples,
            {role: keys.get((told, side), told) for role, told in plan.references.get(case.id, {}).items()},
            adds_rates=any(ADDS_RATES in process.metadata for process in record.results[key].processes),
            side=side,
            python=pythons.get(side, ""),
            role=roles.get(case.id),
            work=plan.work.get(case.id),
            lock_by=lock_switched_on(case, record.results[key].processes),
            doubts=(doubts or {}).get(key, ()),
        )
        for key, (case, side) in measured.items()
        if key in record.results and record.results[key].samples
    }
    absent = {key: Reason(Kind.PENDING) for key in measured if key not in cells}
    absent |= {key: _failed(failure.kind, failure.message) for key, failure in record.failures.items()}
    absent |= {skip.case.id: _failed(skip.kind, skip.reason) for skip in plan.skips if skip.case.id not in cells}
    environ = "; ".join(dict.fromkeys(str(facts[SEEN]) for facts in record.jobs.values() if SEEN in facts))
    points = {key: (case.id, python) for key, (case, side) in measured.items() if (python := pythons.get(side))}
    processes = [process for result in record.results.values() for process in result.processes]
    whys = tuple(Reason.of(Kind.AT, where=name, why=why) for why in disturbed(processes, record.machine.logical_cpus))
    return Dataset(name, _identity(record), cells, absent, frozenset(record.failures), environ, points, whys)


def _failed(how: str, message: str) -> Reason:
    return Reason.of(Kind.FAILED, how=how, message=message)


def _python_of_side(record: Record, side: str) -> str:
    """Return implementation and version; of environments with the same one, the side's name as well."""
    facts = record.sides[side].facts
    if facts is None:
        return ""
    alike = [one for one in record.sides.values() if one.facts and one.facts.name == facts.name]
    return facts.name if len(alike) == 1 else f"{facts.name} ({side})"


def _identity(record: Record) -> dict[str, str | None]:
    machine = record.machine
    named = {work.name for work in record.plan.work.values()}
    return {
        CPU_MODEL: _models(machine, record.others),
        USABLE_CPUS: f"{machine.usable_cpus:g}",
        PYTHON: ", ".join(dict.fromkeys(python_of(part.machine) for _, part in record.apart)),
        WORK: ", ".join(sorted(named)) or None,
    }


def _models(machine: Machine, others: Sequence[Machine]) -> str | None:
    """Return the model of the CPUs, and where a cluster was measured those of its other machines behind it."""
    models = dict.fromkeys(each.cpu_model if each.knows_model else None for each in (machine, *others))
    return " + ".join(model or "unknown" for model in models) if others else next(iter(models))


def python_of(machine: Machine) -> str:
    """Return implementation and patch version, and whether there is no global interpreter lock."""
    return f"{machine.python_implementation} {machine.python_version}{'' if machine.gil else ' free-threaded'}"


def from_plain(benchmarks: Mapping[str, Sequence[Process]], name: str) -> Dataset:
    """Return the dataset of any pyperf file: benchmark name -> its processes, calibrations included.

    What a benchmark does not tell of its machine and Python is told by the others of its file.
    """
    cells = {}
    for key, processes in benchmarks.items():
        samples = tuple(process.values for process in processes if process.values)
        if samples:
            cells[key] = Cell(key, None, name, samples, {}, unit_of(processes))
    absent = {key: Reason(Kind.NO_VALUES) for key in benchmarks if key not in cells}
    told = [process.metadata for processes in benchmarks.values() for process in processes]
    identity = {
        CPU_MODEL: _all_of(_text(one, "cpu_model_name") for one in told),
        USABLE_CPUS: _all_of(map(_cpus, told)),
        PYTHON: _all_of(map(_python, told)),
        WORK: None,
    }
    return Dataset(name, identity, cells, absent, frozenset())


def unit_of(processes: Sequence[Process]) -> str:
    """Return what the values of a benchmark count."""
    return next((str(one.metadata["unit"]) for one in processes if "unit" in one.metadata), SECOND)


def _all_of(told: Iterable[str | None]) -> str | None:
    """Return what all agree on that tell anything; where they disagree, all of it; None where nobody tells."""
    return ", ".join(sorted({one for one in told if one})) or None


def _text(metadata: Mapping[str, Any], key: str) -> str | None:
    return str(metadata[key]) if key in metadata else None


def _cpus(metadata: Mapping[str, Any]) -> str | None:
    width = _width(str(metadata["cpu_affinity"])) if "cpu_affinity" in metadata else None
    return str(width) if width is not None else _text(metadata, "cpu_count")


def _python(metadata: Mapping[str, Any]) -> str | None:
    version = str(metadata.get("python_version", "")).split(" ", maxsplit=1)[0]
    implementation = str(metadata.get("python_implementation", ""))
    implementation = {"cpython": "CPython", "pypy": "PyPy"}.get(implementation, implementation)
    return f"{implementation} {version}" if version and implementation else None


def _width(cpus: str) -> int | None:
    """Return how many CPUs a list such as ``0-2,5`` names; None if it is no such list."""
    try:
        spans = [piece.partition("-") for piece in cpus.split(",")]
        return sum(int(last or first) - int(first) + 1 for first, _, last in spans)
    except ValueError:
        return None


def differences(base: Dataset, other: Dataset, allowed: Sequence[str] = ()) -> dict[str, tuple[str | None, str | None]]:
    """Return each field that differs, with both values; a field that one side does not tell is no difference.

    Work differs when not a single one was done on both sides; what one side alone did is a missing case.
    """
    found: dict[str, tuple[str | None, str | None]] = {}
    for name in FIELDS:
        left, right = base.identity[name], other.identity[name]
        if name in allowed or left is None or right is None or left == right:
            continue
        if name == WORK and set(left.split(", ")) & set(right.split(", ")):
            continue
        found[name] = (left, right)
    for key in base.cells.keys() & other.cells.keys():
        if base.cells[key].unit != other.cells[key].unit:
            found[f"{UNIT}{key}"] = (base.cells[key].unit, other.cells[key].unit)
    return found


def untold(dataset: Dataset) -> tuple[str, ...]:
    """Return the fields that a file does not tell, so that they cannot be compared."""
    return tuple(name for name in (CPU_MODEL, USABLE_CPUS, PYTHON) if dataset.identity[name] is None)


def relative_to_baseline(dataset: Dataset) -> Dataset:
    """Return the dataset with every time divided by the serial loop's, round by round: one over the speed-up.

    Process i of every case was visited in round i, so that drift of the machine cancels. Each process has a divisor of
    its own, so that the errors of both enter; rounds that only one of both has are dropped. The minimum of the serial
    process is taken over as many values as the case has. What has no serial time becomes absent.
    """
    cells, absent = {}, dict(dataset.absent)
    for key, cell in dataset.cells.items():
        baseline = dataset.cells.get(cell.references.get(Role.BASELINE, ""))
        if baseline is None:
            absent[key] = Reason(Kind.NO_BASELINE)
        elif key != baseline.id:
            cells[key] = replace(
                cell,
                samples=_divided(cell.samples, baseline.samples),
                undivided=cell.samples,
                baseline=baseline.samples,
                doubts=(*cell.doubts, *(["the serial loop is in doubt"] if baseline.doubts else [])),
            )
    return replace(dataset, cells=cells, absent=absent)


def _divided(samples: Sequence[Sequence[float]], baseline: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    shortest = min(len(row) for row in (*samples, *baseline))
    rounds = zip(samples, baseline, strict=False)
    return tuple(tuple(value / min(by[:shortest]) for value in row[:shortest]) for row, by in rounds)
