"""Records built by hand: exact times, any machine, any failure, no process started."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE, Case, Value
from bench.core.machine import Machine
from bench.core.plan import Effort, Plan
from bench.core.record import Failure, Process, Record, Result, Skip
from bench.core.reference import Role
from bench.jobs.primes import JOB
from bench.store import record_file
from bench.store.identity import case_metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.core.job import Work

MACHINE = Machine(
    cpu_model="Model A",
    logical_cpus=8,
    physical_cpus=4,
    affinity_cpus=8,
    cgroup_quota_cpus=None,
    python_cpu_count=None,
    usable_cpus=8,
    memory_bytes=2**34,
    os="Linux 6.1",
    architecture="x86_64",
    virtualised="none",
    governor="performance",
    turbo=False,
    smt=False,
    python_implementation="CPython",
    python_version="3.11.7",
    python_build="GCC 12",
    gil=True,
    libraries={"pyperf": "2.10.0"},
    host_name="desk",
)


def backend(member: str, workers: int = 1, **params: Value) -> Case:
    """Return a case of the backends, with as few axes as the reports look at."""
    place: dict[str, Value] = {
        "workers": workers,
        "workload": "default",
        "start": "fork",
        "task": "chunk",
        "phase": "whole",
    }
    if member in ("serial", "ceiling"):
        place |= dict.fromkeys(("start", "task", "phase"), NONE)
        params = {axis: value for axis, value in params.items() if axis == "workload"}
    if member == "serial":
        place["workers"] = 1
    return Case.of("backends", member, place | params)


def work_of(case: Case) -> Work | None:
    """Return how much a case of the backends searches; each copy of a ceiling searches all of what one worker does."""
    if case.family != "backends":
        return None
    return JOB.work(dict(case.params), 1 if case.member == "ceiling" else int(case["workers"]), {})


def record(
    times: Mapping[Case, Any],
    *,
    failures: Mapping[Case, tuple[str, str]] | None = None,
    skips: Sequence[Skip] = (),
    pending: Sequence[Case] = (),
    machine: Mapping[str, Any] | None = None,
    references: bool = True,
) -> Record:
    """Return a record of these times.

    Args:
        times: case -> seconds: one number, one per process, or a row of values per process.
        failures: case -> kind and message.
        skips: as they are in the plan.
        pending: cases of the plan that no round has reached.
        machine: fields of the machine that differ from `MACHINE`.
        references: whether each case is measured against the serial loop and the ceiling of its workload and workers.
    """
    failed = dict(failures or {})
    cases = tuple(dict.fromkeys((*times, *failed, *pending)))
    known = {case.id for case in cases}
    found = {
        case.id: {
            role: other.id
            for role, name in ((Role.BASELINE, "serial"), (Role.LIMIT, "ceiling"))
            if (other := backend(name, int(case["workers"]), workload=case["workload"])).id in known
        }
        for case in cases
        if case.family == "backends"
    }
    return Record(
        plan=Plan(
            cases=cases,
            skips=tuple(skips),
            effort=Effort(rounds=7, values=1, warmups=0, min_time_s=0.1, timeout_s=60.0),
            affinity=tuple(range(8)),
            references=found if references else {},
            work={case.id: amount for case in cases if (amount := work_of(case))},
        ),
        machine=replace(MACHINE, **(machine or {})),
        command="primebench run",
        started_at="2026-01-31T12:00:00+00:00",
        results={case.id: Result(case, tuple(processes(case, given))) for case, given in times.items()},
        failures={case.id: Failure(case, kind, message, "stderr") for case, (kind, message) in failed.items()},
    )


def processes(case: Case, times: Any) -> list[Process]:
    """Return one process per row of times."""
    rows = [times] if isinstance(times, int | float) else list(times)
    metadata = {"name": case.id, "loops": 1, "unit": "second", **case_metadata(case)}
    return [Process((row,) if isinstance(row, int | float) else tuple(row), (), dict(metadata)) for row in rows]


def save(made: Record, path: Path) -> Path:
    """Write the record as its file."""
    record_file.save(made, path)
    return path


def save_plain(benchmarks: Mapping[str, Any], path: Path, **metadata: Any) -> Path:
    """Write a pyperf file that primebench has nothing to do with: name -> seconds as in `record`."""
    entries = [
        {
            "metadata": {"name": name, "unit": "second"},
            "runs": [{"values": [row] if isinstance(row, float) else list(row)} for row in rows],
        }
        for name, rows in benchmarks.items()
    ]
    path.write_text(json.dumps({"version": "1.0", "metadata": {"loops": 1, **metadata}, "benchmarks": entries}))
    return path
