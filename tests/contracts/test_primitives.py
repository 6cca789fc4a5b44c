"""Every primitive, found by its file name, keeps its promises; a party that dies never hangs the program."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from bench.core import catalog, cpus
from bench.core.case import Case, Value
from bench.core.errors import WrongAnswer
from bench.core.family import Unfit
from bench.core.plan import Effort
from bench.core.record import Failure, Result
from bench.core.visit import Visit
from bench.engine.launch import launch
from bench.families.primitives import _kind, _proof, _role
from bench.families.primitives._family import FAMILY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBERS = catalog.names(FAMILY.package)
KINDS = catalog.names(_kind.PACKAGE)
SHORT = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=20)
START = {axis.name: axis for axis in FAMILY.axes}["start"].default()

# Loaded by every Python that has this folder on its path: parties that hold a primitive end by the signal.
KILLER = """
import os, signal
from bench.families.primitives import _cycles

def die(seconds):
    os.kill(os.getpid(), signal.SIGKILL)

_cycles.hold = die
"""
# The same for a member whose counter is guarded by nothing.
OPEN_DOOR = """
from multiprocessing import synchronize

class Lock(synchronize.Lock):
    def acquire(self, block=True, timeout=None):
        return True
    def release(self):
        pass
    def _make_methods(self):
        pass

synchronize.Lock = Lock
from bench.families.primitives.kinds import lock
lock.prove = lambda proof: None
"""


@pytest.fixture
def sabotage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that has code run at the start of every Python that this test starts."""

    def have_run(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{catalog.folder('bench').parent}")

    return have_run


def case(member: str, pattern: str, **params: Value) -> Case:
    """Return a case, or skip the test when it makes no sense or cannot be."""
    wanted = {"parties": 2, "pattern": pattern, "hold_us": 0, "start": START} | params
    try:
        return Case.of(FAMILY.name, member, FAMILY.fit(member, wanted))
    except Unfit as reason:
        pytest.skip(str(reason))


def visit(point: Case, effort: Effort = SHORT) -> Result | Failure:
    """Visit a case once, one loop."""
    return launch(Visit(point, effort, cpus.allowed_cpus(), loops=1))


def test_the_whole_textbook_is_there() -> None:
    """The textbook's six primitives and the bounded semaphore exist for processes, threads and a server process.

    So does a number with its lock for processes and for threads.
    """
    kinds = {"lock", "rlock", "semaphore", "bounded-semaphore", "event", "condition", "barrier"}
    named = {prefix + kind for prefix in ("", "thread-", "manager-") for kind in kinds}
    assert named | {"value-lock", "thread-counter"} <= set(MEMBERS)


class Anything:
    """A primitive that gives the same answer to whatever it is asked."""

    def __init__(self, *, answer: bool) -> None:
        self.answer = answer

    def __getattr__(self, _name: str) -> Anything:
        """Return what can be called, or asked further."""
        return self

    def __call__(self, *_args: object) -> bool:
        """Answer."""
        return self.answer

    def __bool__(self) -> bool:
        """Answer."""
        return self.answer


@pytest.mark.parametrize("member", MEMBERS)
def test_no_proof_accepts_anything(member: str) -> None:
    """What always says yes is found out, and so is what always says no."""
    for made in (Anything(answer=False), Anything(answer=True)):
        proof = _proof.Proof(
            make=lambda *_args, made=made, **_options: made,
            event=threading.Event,
            lists=lambda: nullcontext(list),
            party=lambda run, *args: threading.Thread(target=run, args=args, daemon=True),
            moment_s=0.001,
            deadline_s=0.001,
        )
        with pytest.raises(WrongAnswer):
            _role.load(member).kind.prove(proof)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_primitive_guards_its_counter_between_parties(member: str) -> None:
    """The count is exact, the same steps without the primitive go wrong, and the case tells so."""
    outcome = visit(case(member, "contended"))
    assert isinstance(outcome, Result), outcome
    metadata = outcome.processes[-1].metadata
    assert metadata["primebench_primitives_contention_real"] == 1
    assert metadata["primebench_primitives_longest_wait_s"] > 0
    assert 0.5 <= metadata.get("primebench_primitives_jain", 1.0) <= 1.0


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("pattern", ["uncontended", "nested", "handoff"])
def test_the_other_patterns_count_right(member: str, pattern: str) -> None:
    """Prepared in this process, the body's answer is right."""
    point = case(member, pattern, parties=3)
    with FAMILY.prepare(point) as trial:
        trial.check(trial.body())
        trial.check(trial.body())
        assert pattern != "handoff" or trial.facts()["primitives_contention_real"] == 1


@pytest.mark.parametrize("member", ["lock", "condition", "value-lock", "manager-barrier"])
@pytest.mark.parametrize("start", ["spawn", "forkserver"])
def test_a_primitive_travels_under_every_start_method(member: str, start: str) -> None:
    """What fork inherits, spawn and forkserver must be able to send."""
    outcome = visit(case(member, "contended", start=start))
    assert isinstance(outcome, Result), outcome


@pytest.mark.parametrize("member", ["lock", "event", "condition", "barrier", "manager-lock"])
def test_a_party_that_dies_inside_is_a_recorded_failure(member: str, sabotage: Callable[[str], None]) -> None:
    """The others wait for it for ever, but the case ends before its deadline and names the signal."""
    sabotage(KILLER)
    outcome = visit(case(member, "contended", parties=3))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"
    assert "was ended by signal 9 in the middle of its cycles" in outcome.message


def test_a_thread_that_kills_its_process_is_a_recorded_failure(sabotage: Callable[[str], None]) -> None:
    """With threads the measuring process itself is gone, and still the case ends."""
    sabotage(KILLER)
    outcome = visit(case("thread-lock", "contended"))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crashed"


def test_a_lock_that_does_not_lock_is_a_wrong_answer(sabotage: Callable[[str], None]) -> None:
    """The counter itself tells, even where no proof has looked."""
    sabotage(OPEN_DOOR)
    outcome = visit(case("lock", "contended", hold_us=1))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "wrong-answer"


def test_party_processes_carry_nothing() -> None:
    """The modules that parties load bring neither dataclasses nor typing nor the harness with them."""
    kinds = [f"bench.families.primitives.kinds.{name.replace('-', '_')}" for name in KINDS]
    code = f"import sys, bench.families.primitives._party, {', '.join(kinds)}; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=catalog.folder("bench").parent,
    )
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"dataclasses", "typing", "numpy", "click", "inspect", "re"})
    assert {name for name in loaded if name.startswith("bench.")} <= {
        "bench.families",
        "bench.families.primitives",
        "bench.families.primitives._cycles",
        "bench.families.primitives._owned",
        "bench.families.primitives._party",
        "bench.families.primitives._unowned",
        "bench.families.primitives.kinds",
        *kinds,
    }
