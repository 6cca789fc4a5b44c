"""What happens when a task does harm: for every backend a recorded failure, in time, with nothing left behind."""

from __future__ import annotations

import contextlib
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from bench.core import catalog
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Failure, Result
from bench.core.visit import Visit
from bench.engine import faults, launch, session
from bench.engine.supervisor import note_session
from bench.families.backends import _backend
from bench.jobs import _faults
from tests.support.cases import usual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = [name for name in catalog.names(_backend.PACKAGE) if not _backend.load(name).missing]
SHM = Path("/dev/shm")

# Backends of which nobody hears any more when a worker dies in a task: for them alone a death is no crash.
_UNWATCHED = {name for name in NAMES if name.startswith("pool") or name in ("process-queue", "manager-queue")}
# mpire hears of a death, and then waits, one time in eight, for a worker that waits for a lock of the dead one.
DEAF = {
    "killed": _UNWATCHED | {"mpire"},
    "exits": _UNWATCHED | {"mpire"},
    "unreadable": _UNWATCHED,  # Pool's result thread ends over it, and nobody hears of that
    "unsendable": {"mpire"},  # its worker looks for the errors of pickle alone, and a lambda is none of them
    "hangs": set(NAMES),
}
SOON_S = 3.0  # the deadline for what never ends; longer is time wasted, shorter may come before the harm is done
LATE_S = 60.0  # the deadline for what ends by itself, also on the busiest machine


class Faulty:
    """Visits of cases with a fault, each of which keeps its log in this folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, backend: str, fault: str, timeout_s: float, **chosen: Any) -> Visit:
        """Return such a visit."""
        params = {"workers": 2, "fault": fault, "log": str(self.folder / fault), **chosen}
        case = usual(backend, "_faults", **params)
        return Visit(case, Effort(1, 1, 0, 1e-6, timeout_s), allowed_cpus(), 1)

    def __call__(self, backend: str, fault: str, timeout_s: float, **chosen: Any) -> Result | Failure:
        """Launch such a case, and wait for what comes of it."""
        return launch.launch(self.of(backend, fault, timeout_s, **chosen))

    def did_harm(self, outcome: Result | Failure) -> bool:
        """Say whether a visit ended by itself, or not before the harm was done."""
        log = Path(str(outcome.case["log"]))
        in_time = isinstance(outcome, Result) or outcome.kind != "timed-out"
        return in_time or (log.exists() and f"begins {_faults.FATAL}\n" in log.read_text())


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Faulty]:
    """Launch a case with a fault; afterwards no process and no segment of it is left (nor a temporary folder)."""
    seen = tmp_path / "leaders"  # a file, because each session is looked after in a process of its own

    def note(folder: Path, leader: int, real: Callable[[Path, int], None] = note_session) -> None:
        with seen.open("a", encoding="ascii") as file:
            file.write(f"{leader}\n")
        real(folder, leader)

    monkeypatch.setattr("bench.engine.launch.note_session", note)
    monkeypatch.setattr(session, "_GRACE_S", 1.0)  # for what stays where harm was done, which changes no kind

    yield Faulty(tmp_path)
    leaders = [int(line) for line in seen.read_text(encoding="ascii").splitlines()]
    assert leaders
    for leader in leaders:
        assert _members(leader) == []
        if SHM.is_dir():
            assert [path.name for path in SHM.iterdir() if re.search(rf"(?<!\d){leader}(?!\d)", path.name)] == []


def _members(leader: int) -> list[int]:
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError):
            if os.getsid(pid) == leader:
                found.append(pid)
    return found


def _deadlines(backend: str, fault: str) -> tuple[float, ...]:
    """Return the deadlines to try in turn: what never ends has a short one, unless the harm was not done by then."""
    return (SOON_S, 3 * SOON_S, LATE_S) if backend in DEAF.get(fault, ()) else (LATE_S, LATE_S)


def _fails(visit: Faulty, backend: str, fault: str, deadlines: tuple[float, ...], **chosen: Any) -> Failure:
    """Visit until harm was done."""
    for timeout_s in deadlines:
        outcome = visit(backend, fault, timeout_s, **chosen)
        assert isinstance(outcome, Failure)
        if visit.did_harm(outcome):
            return outcome
    raise AssertionError(f"{backend} did not come to the harm of {fault} within {LATE_S} s")


@pytest.mark.parametrize("backend", NAMES)
def test_harm_ends_as_a_failure_of_its_kind(visit: Faulty, backend: str) -> None:
    """A worker that dies, hangs, raises or lies is recorded as that, and everything of its session is gone."""
    with ExitStack() as stack:  # side by side, because some of them do nothing but wait for their deadline
        begun = {
            fault: stack.enter_context(launch.begun(visit.of(backend, fault, _deadlines(backend, fault)[0])))
            for fault in faults.CONTRACT
        }
        failures = {fault: supervisor.answer(2 * LATE_S) for fault, supervisor in begun.items()}
    for fault, failure in failures.items():
        if not visit.did_harm(failure):
            failures[fault] = _fails(visit, backend, fault, _deadlines(backend, fault)[1:])
    kinds = {fault: failure.kind for fault, failure in failures.items()}
    # Whoever can hear of the harm does.
    heard = {fault: kinds[fault] for fault in kinds if backend not in DEAF.get(fault, ())}
    assert [] == [failures[fault] for fault, kind in kinds.items() if kind not in faults.CONTRACT[fault]]
    assert [] == [failures[fault] for fault, kind in heard.items() if kind == "timed-out"]


@pytest.mark.parametrize("fault", ["killed", "raises"])
@pytest.mark.parametrize("backend", ["executor", "process-pipe", "shared-memory", "pool-imap-unordered"])
def test_harm_to_standing_workers_ends_alike(visit: Faulty, backend: str, fault: str) -> None:
    """Workers that stand between searches, made by spawn, are ended as well when one of them comes to harm."""
    failure = _fails(visit, backend, fault, _deadlines(backend, fault), phase="map", start="spawn")
    assert failure.kind in faults.CONTRACT[fault], failure


@pytest.mark.parametrize("backend", ["ceiling", "executor", "manager-queue", "pool", "process", "shared-memory"])
def test_death_of_the_measuring_process_is_named(visit: Faulty, backend: str) -> None:
    """Forked workers that outlive the measuring process do not hide by which signal it was ended."""
    failure = visit(backend, "kills-maker", LATE_S, start="fork")
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.message) == ("crashed", "the measuring process was ended by signal 9 (Killed)")


@pytest.mark.parametrize("backend", ["serial", "pool", "process"])
def test_orphan_is_found(visit: Faulty, backend: str) -> None:
    """A right answer with a process left behind is no result: the case has leaked, and the orphan is ended."""
    outcome = visit(backend, "leaves-orphan", LATE_S)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, "python" in outcome.message) == ("leaked", True)


@pytest.mark.skipif(not SHM.is_dir(), reason="this system keeps shared memory where no folder shows it.")
@pytest.mark.parametrize("backend", ["serial", "shared-memory"])
def test_segment_is_found(visit: Faulty, backend: str) -> None:
    """A right answer with shared memory left behind is no result: the case has leaked, and the segment is removed."""
    outcome = visit(backend, "leaves-segment", LATE_S)
    assert isinstance(outcome, Failure)
    assert (outcome.kind, outcome.message.endswith("-left")) == ("leaked", True)


def test_without_harm_the_same_visit_is_a_result(visit: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a job without harm is measured, so the failures above come from the faults."""
    monkeypatch.setattr(session, "_GRACE_S", 5.0)
    assert isinstance(visit("pool", "none", LATE_S), Result)
