"""What happens when a task does harm: for every backend a recorded failure, in time, with nothing left behind."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from bench.core import catalog, jobs
from bench.core.case import Case
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Failure, Result
from bench.engine import faults, session
from bench.engine.launch import launch
from bench.engine.supervisor import note_session
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY
from bench.jobs import _faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Visit = Callable[..., Result | Failure]

NAMES = [name for name in catalog.names(_backend.PACKAGE) if not _backend.load(name).missing]
JOB = jobs.load("_faults")
SHM = Path("/dev/shm")

# Backends of which nobody hears any more when a worker dies in a task: for them alone a death is no crash.
_UNWATCHED = {name for name in NAMES if name.startswith("pool") or name in ("process-queue", "manager-queue")}
DEAF = {
    "killed": _UNWATCHED,
    "exits": _UNWATCHED,
    "unreadable": _UNWATCHED,  # Pool's result thread ends over it, and nobody hears of that
    "unsendable": {"mpire"},  # its worker looks for the errors of pickle alone, and a lambda is none of them
    "hangs": set(NAMES),
}
SOON_S = 3.0  # the deadline for what never ends; longer is time wasted, shorter may come before the harm is done
LATE_S = 30.0  # the deadline for what ends by itself, also on the busiest machine


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Visit]:
    """Launch a case with a fault; afterwards no process and no segment of it is left (nor a temporary folder)."""
    seen = tmp_path / "leaders"  # a file, because each session is looked after in a process of its own

    def note(folder: Path, leader: int, real: Callable[[Path, int], None] = note_session) -> None:
        with seen.open("a", encoding="ascii") as file:
            file.write(f"{leader}\n")
        real(folder, leader)

    monkeypatch.setattr("bench.engine.launch.note_session", note)

    def go(backend: str, fault: str, timeout_s: float, **chosen: Any) -> Result | Failure:
        usual = {axis.name: axis.default() for axis in (*FAMILY.axes, *JOB.axes)}
        params = {**usual, "workers": 2, "fault": fault, "log": str(tmp_path / "log"), **chosen}
        case = Case.of("backends", backend, FAMILY.fit(backend, params, JOB))
        effort = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=timeout_s)
        return launch(case, effort, allowed_cpus(), loops=1)

    go.log = tmp_path / "log"
    yield go
    leaders = [int(line) for line in seen.read_text(encoding="ascii").splitlines()]
    assert leaders
    for leader in leaders:
        assert _members(leader) == []
        if SHM.is_dir():
            assert [path.name for path in SHM.iterdir() if session.token(leader) in path.name] == []


def _members(leader: int) -> list[int]:
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


def _fails(visit: Visit, backend: str, fault: str, **chosen: Any) -> Failure:
    """Visit what never ends with a short deadline, and again with longer ones if the harm was not done by then."""
    never_ends = backend in DEAF.get(fault, ())
    for timeout_s in (SOON_S, 3 * SOON_S, LATE_S) if never_ends else (LATE_S,):
        outcome = visit(backend, fault, timeout_s, **chosen)
        assert isinstance(outcome, Failure)
        if outcome.kind != "timed-out" or f"begins {_faults.FATAL}\n" in visit.log.read_text():
            return outcome
    raise AssertionError(f"{backend} did not come to the harm of {fault} within {LATE_S} s")


@pytest.mark.parametrize("fault", faults.CONTRACT)
@pytest.mark.parametrize("backend", NAMES)
def test_harm_ends_as_a_failure_of_its_kind(visit: Visit, backend: str, fault: str) -> None:
    """A worker that dies, hangs, raises or lies is recorded as that, and everything of its session is gone."""
    failure = _fails(visit, backend, fault)
    assert failure.kind in faults.CONTRACT[fault], failure
    if backend not in DEAF.get(fault, ()):
        assert failure.kind != "timed-out", failure  # whoever can hear of the harm does


@pytest.mark.parametrize("fault", ["killed", "raises"])
@pytest.mark.parametrize("backend", ["executor", "process-pipe", "shared-memory", "pool-imap-unordered"])
def test_harm_to_a_warm_crew_ends_alike(visit: Visit, backend: str, fault: str) -> None:
    """Workers that stand between searches, made by spawn, are ended as well when one of them comes to harm."""
    failure = _fails(visit, backend, fault, phase="map", start="spawn")
    assert failure.kind in faults.CONTRACT[fault], failure


@pytest.mark.parametrize("backend", ["ceiling", "executor", "manager-queue", "pool", "process", "shared-memory"])
def test_death_of_the_measuring_process_is_named(visit: Visit, backend: str) -> None:
    """Forked workers that outlive the measuring process do not hide by which signal it was ended."""
    failure = visit(backend, "kills-maker", LATE_S, start="fork")
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == ("crashed", "the measuring process was ended by signal 9 (Killed)")


@pytest.mark.parametrize("backend", ["serial", "pool", "process"])
def test_orphan_is_found(visit: Visit, backend: str) -> None:
    """A right answer with a process left behind is no result: the case has leaked, and the orphan is ended."""
    outcome = visit(backend, "leaves-orphan", LATE_S)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, "python" in outcome.message) == ("leaked", True)


@pytest.mark.skipif(not SHM.is_dir(), reason="this system keeps shared memory where no folder shows it.")
@pytest.mark.parametrize("backend", ["serial", "shared-memory"])
def test_segment_is_found(visit: Visit, backend: str) -> None:
    """A right answer with shared memory left behind is no result: the case has leaked, and the segment is removed."""
    outcome = visit(backend, "leaves-segment", LATE_S)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.message.endswith("-left")) == ("leaked", True)


def test_without_harm_the_same_visit_is_a_result(visit: Visit) -> None:
    """The control: a job without harm is measured, so the failures above come from the faults."""
    assert isinstance(visit("pool", "none", LATE_S), Result)
