"""Records as a run on this machine would leave them."""

from __future__ import annotations

import pyperf
import pytest

from bench.core.case import Case
from bench.core.plan import EFFORTS, Ladder, Plan
from bench.core.record import Failure, Process, Record, Result, Skip
from bench.core.reference import Role
from bench.engine.probe import probe
from bench.store.identity import case_metadata

POOL = Case.of("backends", "pool", {"workers": 2, "start": "fork", "chunksize": "auto", "ratio": 0.5})
SERIAL = Case.of("backends", "serial", {"workers": 1, "start": "none", "chunksize": "none", "ratio": 0.5})
QUEUE = Case.of("backends", "process-queue", {"workers": 2, "start": "fork", "chunksize": 7, "ratio": 0.5})


def measured(case: Case, *rounds: tuple[float, ...]) -> Result:
    """Return a result with pyperf's own metadata of this machine: a calibration, and a process per round."""
    told = {"name": case.id, "unit": "second", "primebench_steal_ratio": 0.01, **case_metadata(case)}
    calibration = pyperf.Run([], warmups=[(1, 0.01), (8, 0.011)], metadata={**told, "calibrate_loops": 8})
    runs = [pyperf.Run(list(values), warmups=[(8, 0.5)], metadata={**told, "loops": 8}) for values in rounds]
    return Result(
        case,
        tuple(Process(tuple(run.values), tuple(run.warmups), run.get_metadata()) for run in (calibration, *runs)),
    )


def make_record(results=(), failures=(), **changes) -> Record:
    """Return a record of this machine."""
    plan = Plan(
        cases=(SERIAL, POOL, QUEUE),
        skips=(Skip(Case.of("backends", "interpreter-executor", {"workers": 2}), "missing", "Python 3.14 has it."),),
        effort=EFFORTS["fast"],
        affinity=(0, 1),
        references={POOL.id: {Role.BASELINE: SERIAL.id}},
        ladders=(Ladder("what a pool costs", (("the loop", SERIAL.id), ("+ a pool", POOL.id))),),
    )
    fields = {
        "plan": plan,
        "machine": probe(),
        "command": "primebench run --backend pool",
        "started_at": "2026-01-01T00:00:00Z",
        "results": {result.case.id: result for result in results},
        "failures": {failure.case.id: failure for failure in failures},
    }
    return Record(**fields | changes)


@pytest.fixture
def full_record():
    """A record with two results, a failure and a skip."""
    results = [
        measured(SERIAL, (0.25, 0.2500001, 0.24), (0.26, 0.251, 0.252)),
        measured(POOL, (0.14, 0.13, 0.15), (0.145, 0.1300000001, 1 / 7)),
    ]
    return make_record(results, [Failure(QUEUE, "crashed", "exit code 1: boom", "Traceback\nboom\n")])


@pytest.fixture
def small_record():
    """A record with one benchmark of one run: the file in which pyperf moves everything to the top."""
    result = measured(POOL, (0.14, 0.13, 0.15))
    return make_record([Result(POOL, result.processes[1:])])


@pytest.fixture
def empty_record():
    """A record of a run in which nothing could be measured."""
    return make_record(failures=[Failure(QUEUE, "timed-out", "no answer within 30 s")])
