"""Every lifecycle, found by its file name, lives and ends as it says; a worker that dies never hangs the program."""

from __future__ import annotations

import subprocess
import sys
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
from bench.families.lifecycles._family import CURES, FAMILY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEMBERS = catalog.names(FAMILY.package)
PARAMS: dict[str, Value] = {
    "workers": 2,
    "start": "fork",
    "tasks": 3,
    "batches": 2,
    "tasks_per_child": 1,
    "cure": "none",
}

# Loaded by every Python that has this folder on its path: a worker is killed in the middle of its task.
KILLER = """
import multiprocessing, os, signal
from primes import tasks

def die(self, chunk):
    os.kill(os.getpid(), signal.SIGKILL)

tasks.ChunkCount.__call__ = die
"""
LIAR = """
from primes import tasks
tasks.ChunkCount.__call__ = lambda self, chunk: 1
"""


@pytest.fixture
def sabotage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that has code run at the start of every Python that this test starts."""

    def have_run(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{catalog.folder('bench').parent}")

    return have_run


def case(member: str, **changes: Value) -> Case:
    """Return a case, or skip the test when it makes no sense here."""
    try:
        return Case.of(FAMILY.name, member, FAMILY.fit(member, PARAMS | changes))
    except Unfit as reason:
        pytest.skip(str(reason))


def visit(point: Case, timeout_s: float = 20, loops: int = 1) -> Result | Failure:
    """Visit a case once; a loop is a life."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=timeout_s)
    return launch(Visit(point, effort, cpus.allowed_cpus(), loops))


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_a_lifecycle_gives_the_truth(member: str, start: str) -> None:
    """Its answers are right, and it leaves nothing: no process, no zombie, no semaphore."""
    outcome = visit(case(member, start=start), loops=2 if start == "fork" else 1)
    assert isinstance(outcome, Result), outcome


@pytest.mark.parametrize("cure", CURES)
def test_the_zombies_of_a_cure_are_counted(cure: str) -> None:
    """Four children nobody waits for are four zombies, and the counts of each cure travel with the times."""
    outcome = visit(case("zombies", workers=4, cure=cure))
    assert isinstance(outcome, Result), outcome
    metadata = outcome.processes[-1].metadata
    expected = {"none": (4, 4), "join": (4, 0), "active-children": (4, 0), "daemon": (4, 4)}.get(cure, (0, 0))
    assert expected == (metadata["primebench_lifecycles_defunct"], metadata["primebench_lifecycles_defunct_after"])


def test_an_executor_really_cancels() -> None:
    """Of many long tasks those are cancelled that no worker could have begun, and the others run to their end."""
    outcome = visit(case("executor-cancel", tasks=512))
    assert isinstance(outcome, Result), outcome
    metadata = outcome.processes[-1].metadata
    begun, cancelled = (metadata[f"primebench_lifecycles_{name}"] for name in ("begun", "cancelled"))
    assert begun + cancelled == 512
    assert cancelled > 0


def test_replaced_workers_of_an_executor_come_or_their_absence_has_a_reason() -> None:
    """Where CPython hangs (3.11.7, 3.12.1 and 3.13.0 do) the case is timed-out and says why; else it has a time."""
    outcome = visit(case("executor-max-tasks-per-child", start="spawn", tasks_per_child=2, tasks=8), timeout_s=6)
    if isinstance(outcome, Failure) and "gh-115634" not in outcome.message:  # a busy machine may not have begun by then
        outcome = visit(case("executor-max-tasks-per-child", start="spawn", tasks_per_child=2, tasks=8), timeout_s=30)
    if isinstance(outcome, Failure):
        assert (outcome.kind, "gh-115634" in outcome.message) == ("timed-out", True)


@pytest.mark.parametrize(
    ("member", "kinds"),
    [
        ("process-per-task", {"crashed"}),
        ("executor-reused", {"crashed"}),
        ("executor-cancel", {"crashed"}),
        ("pool-reused", {"crashed", "timed-out"}),  # a Pool waits for ever for the task of a worker that died
    ],
)
def test_a_worker_that_dies_is_a_recorded_failure(
    member: str, kinds: set[str], sabotage: Callable[[str], None]
) -> None:
    """Whatever the interface makes of it, the case ends within its deadline, and nothing is left."""
    sabotage(KILLER)
    outcome = visit(case(member), timeout_s=5 if "timed-out" in kinds else 30)
    assert isinstance(outcome, Failure)
    assert outcome.kind in kinds


@pytest.mark.parametrize("member", ["process-per-task", "pool-per-batch", "executor-reused", "pool-terminate"])
def test_workers_that_lie_are_found_out(member: str, sabotage: Callable[[str], None]) -> None:
    """A wrong count of primes is a wrong answer and never a time."""
    sabotage(LIAR)
    outcome = visit(case(member))
    assert isinstance(outcome, Failure)
    assert outcome.kind == "wrong-answer"


def test_a_batch_that_is_missing_is_a_wrong_answer() -> None:
    """Each batch has to come back, with each of its chunks."""
    with FAMILY.prepare(case("pool-reused")) as trial:
        answer = trial.body()
        for wrong in (answer[:1], [answer[0], answer[1][:-1]], [answer[1], answer[0]]):
            with pytest.raises(WrongAnswer, match="batch"):
                trial.check(wrong)


@pytest.mark.parametrize("module", ["zombies", "process_per_task", "_marks"])
def test_workers_carry_nothing(module: str) -> None:
    """The modules that workers load bring neither dataclasses nor typing nor the harness with them."""
    name = f"bench.families.lifecycles.{module}"

    def loaded_by(names: str) -> set[str]:
        command = [sys.executable, "-S", "-c", f"import sys, {names}; print(*sys.modules)"]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=catalog.folder("bench").parent)
        return set(told.stdout.split())

    loaded = loaded_by(name) - loaded_by("os, signal, contextlib")  # which load others, not the same in each Python
    assert loaded.isdisjoint({"dataclasses", "typing", "numpy", "click", "inspect"})
    assert {name} == {found for found in loaded if found.startswith("bench.")} - {
        "bench.families",
        "bench.families.lifecycles",
    }
