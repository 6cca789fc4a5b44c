"""What a run leaves behind: results, failures and skips, and the machine they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case
    from bench.core.commit import Commit
    from bench.core.machine import Machine
    from bench.core.observation import Observation
    from bench.core.plan import Plan
    from bench.core.side import Side

SCHEMA = 2  # of the ``primebench`` key; see results/README.md

FAILURE_KINDS = {
    "wrong-answer": "a body returned something other than the truth",
    "crashed": "the measuring process ended with an error",
    "timed-out": "no answer within the deadline",
    "leaked": "processes, shared memory or semaphores were left behind",
    "absent": "a side of a gate has no such function",
    "edited": "the code of a side was changed while a gate measured it",
}


def key_of(case: Case, side: str) -> str:
    """Return the name of a case's results in a record, with the side if several measured."""
    return f"{case.id} side={side}" if side else case.id


@dataclass(frozen=True, slots=True)
class Process:
    """One measuring process.

    Attributes:
        values: seconds per operation, in the order in which they were taken; empty for a calibration.
        warmups: (loops, seconds per operation) of what was thrown away.
        metadata: scalars about the process: pyperf's and, prefixed with ``primebench_``, ours.
    """

    values: tuple[float, ...]
    warmups: tuple[tuple[int, float], ...]
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The times of one case.

    Attributes:
        case: the point that was measured.
        processes: the measuring processes, in their order.
        side: who measured, where several sides did; else empty.
        observation: of one visit, what was seen of one more body; a record keeps it by itself.
    """

    case: Case
    processes: tuple[Process, ...]
    side: str = ""
    observation: Observation | None = None

    @property
    def key(self) -> str:
        """What tells this result from all others of its record."""
        return key_of(self.case, self.side)

    @property
    def samples(self) -> tuple[tuple[float, ...], ...]:
        """Seconds per operation: one row per process, one column per value."""
        return tuple(process.values for process in self.processes if process.values)

    @property
    def loops(self) -> int | None:
        """How often a process ran the body for one value, as calibrated; None when no process says so."""
        found = [process.metadata.get("loops") for process in self.processes if process.values]
        return int(found[-1]) if found and found[-1] else None

    def joined(self, other: Result) -> Result:
        """Return this result with the processes of ``other`` behind its own."""
        return replace(self, processes=(*self.processes, *other.processes))

    def with_metadata(self, told: Mapping[str, Any]) -> Result:
        """Return this result with these scalars in the metadata of all its processes."""
        processes = (replace(process, metadata={**process.metadata, **told}) for process in self.processes)
        return replace(self, processes=tuple(processes))


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that led to no time, or to none that can be trusted.

    Attributes:
        case: the point that was to be measured.
        kind: one of `FAILURE_KINDS`.
        message: one line.
        stderr: the end of what the measuring process wrote.
        side: who measured, where several sides did; else empty.
        left: processes and segments that were still there when the measuring process had ended by itself. They were
            ended then; a record does not keep it.
    """

    case: Case
    kind: str
    message: str
    stderr: str = ""
    side: str = ""
    left: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells this failure from all others of its record."""
        return key_of(self.case, self.side)


@dataclass(frozen=True, slots=True)
class Skip:
    """A combination that was not tried; ``kind`` is ``skipped`` (makes no sense) or ``missing`` (cannot run here)."""

    case: Case
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """What one run leaves in ``results/``.

    Attributes:
        plan: what was to be measured.
        machine: where.
        command: the command line, without the program's path.
        started_at: ISO 8601, UTC.
        results: key -> result.
        failures: key -> failure; a key is in one of the two, never in both.
        sides: name -> who measured, where several sides did.
        jobs: key of a job -> what was found out about it before anything was timed.
        observations: key of a result -> what was seen of one more body, where one was observed.
        others: further machines, where a backend had workers elsewhere.
        commit: of the repository that holds what was measured; None where there is none, or it was not asked.
        cluster: of the cluster that they belonged to, what decides where and when tasks run; empty without one.
    """

    plan: Plan
    machine: Machine
    command: str
    started_at: str
    results: Mapping[str, Result]
    failures: Mapping[str, Failure]
    sides: Mapping[str, Side] = field(default_factory=dict)
    jobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    observations: Mapping[str, Observation] = field(default_factory=dict)
    others: tuple[Machine, ...] = ()
    cluster: Mapping[str, Any] = field(default_factory=dict)
    commit: Commit | None = None

    @property
    def points(self) -> tuple[tuple[Case, str], ...]:
        """Every case of the plan with each side that measures it, in the plan's order."""
        plan = self.plan
        return tuple((case, side) for case in plan.cases for side in plan.measured_by.get(case.id, ("",)))

    @property
    def apart(self) -> tuple[tuple[str, Record], ...]:
        """Each side with what it has measured, as a record of its own, where sides measure in rounds; else the whole.

        A paired run is one whole: its sides say nothing by themselves.
        """
        if not self.sides or self.plan.has_pairs:
            return (("", self),)
        return tuple((name, self._of(name)) for name in self.sides)

    def _of(self, name: str) -> Record:
        plan, facts = self.plan, self.sides[name].facts
        cases = tuple(case for case in plan.cases if name in plan.measured_by.get(case.id, ()))
        keys = {key_of(case, name): case.id for case in cases}
        machine = self.machine
        if facts:
            machine = replace(
                machine,
                python_implementation=facts.implementation,
                python_version=facts.version,
                python_build=facts.build,
                gil=not facts.free_threaded,
            )
        return replace(
            self,
            plan=replace(plan, cases=cases, skips=(), measured_by={}),
            machine=machine,
            results={own: replace(self.results[key], side="") for key, own in keys.items() if key in self.results},
            failures={own: replace(self.failures[key], side="") for key, own in keys.items() if key in self.failures},
            observations={own: self.observations[key] for key, own in keys.items() if key in self.observations},
            sides={},
        )

    def with_outcome(self, outcome: Result | Failure) -> Record:
        """Return the record with one more visit; a failure takes the place of the times its case had so far."""
        key = outcome.key
        results, failures, seen = dict(self.results), dict(self.failures), dict(self.observations)
        if isinstance(outcome, Failure):
            results.pop(key, None)
            seen.pop(key, None)
            failures[key] = outcome
        elif key not in failures:
            times = replace(outcome, observation=None)
            results[key] = results[key].joined(times) if key in results else times
            if outcome.observation:
                seen[key] = outcome.observation
        return replace(self, results=results, failures=failures, observations=seen)
