"""Axes of the lifecycles, and which combinations make sense."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from bench.core.case import NONE
from bench.core.errors import UsageError, WrongAnswer
from bench.core.family import Unfit
from bench.families.lifecycles import executor_cancel, pool_terminate, zombies
from bench.families.lifecycles._family import CURES, FAMILY
from bench.families.lifecycles._role import Order

if TYPE_CHECKING:
    from pathlib import Path

AXES = {axis.name: axis for axis in FAMILY.axes}
PARAMS = {"workers": 2, "start": "spawn", "tasks": 4, "batches": 3, "tasks_per_child": 2, "cure": "join"}
ORDER = Order(workers=2, start="fork", tasks=3)
# Primes in the three chunks of 10,000 numbers from 1,000,000 on, counted with sympy.primerange.
FIRST, SECOND, THIRD = 753, 719, 732


@pytest.mark.parametrize(
    ("axis", "text", "values"),
    [("tasks", "1e3", (1000,)), ("batches", "1-3", (1, 2, 3)), ("cure", "sigchld-ignored", ("sigchld-ignored",))],
)
def test_what_the_user_writes_is_read(axis: str, text: str, values: tuple[object, ...]) -> None:
    """Numbers may be spans and have an exponent; words are taken as they are."""
    assert values == AXES[axis].parse(text)


@pytest.mark.parametrize(
    ("axis", "text"),
    [("workers", "0"), ("workers", "1025"), ("tasks", "0"), ("tasks", "-3"), ("batches", "x"), ("cure", "prayer")],
)
def test_what_cannot_be_is_refused_with_the_value(axis: str, text: str) -> None:
    """The message repeats what was written."""
    with pytest.raises(UsageError, match=text.lstrip("-")):
        AXES[axis].parse(text)


@pytest.mark.parametrize(
    ("member", "meaningless"),
    [
        ("pool-reused", ("tasks_per_child", "cure")),
        ("process-per-task", ("tasks_per_child", "cure")),
        ("pool-maxtasksperchild", ("cure",)),
        ("executor-cancel", ("batches", "tasks_per_child", "cure")),
        ("zombies", ("tasks", "batches", "tasks_per_child")),
    ],
)
def test_an_axis_without_meaning_is_none(member: str, meaningless: tuple[str, ...]) -> None:
    """The other axes keep their values."""
    assert PARAMS | dict.fromkeys(meaningless, NONE) == FAMILY.fit(member, PARAMS)


@pytest.mark.parametrize(
    ("member", "start", "reason"),
    [
        ("executor-max-tasks-per-child", "fork", "refuses max_tasks_per_child"),
        ("zombies", "forkserver", "reaps them"),
    ],
)
def test_what_makes_no_sense_is_unfit(member: str, start: str, reason: str) -> None:
    """The reason is the interface's own, or who reaps instead."""
    with pytest.raises(Unfit, match=reason):
        FAMILY.fit(member, PARAMS | {"start": start})


def test_every_cure_has_an_outcome() -> None:
    """What the axis offers is what the zombies know how to judge."""
    assert set(CURES) == set(zombies.OUTCOMES)


@pytest.mark.parametrize("cure", CURES)
@pytest.mark.parametrize("wrong", ["children", "before", "after", "left"])
def test_a_wrong_count_of_zombies_is_no_answer(cure: str, wrong: str) -> None:
    """Three children: the counts of each cure are exact, and one more or less of any is wrong."""
    before, after = (3 if there_are else 0 for there_are in zombies.OUTCOMES[cure])
    counts = {"children": 3, "before": before, "after": after, "left": 0}
    order = Order(workers=3, start="fork", cure=cure)
    zombies.check(order, zombies.Answer(**counts, reap_s=0.1))
    with pytest.raises(WrongAnswer, match="of . children"):
        zombies.check(order, zombies.Answer(**counts | {wrong: counts[wrong] + 1}, reap_s=0.1))


def test_the_state_is_read_behind_any_name(tmp_path: Path) -> None:
    """A program may be called ``a) Z (b``: it is no zombie before it has ended, one afterwards, and then gone."""
    program = shutil.copy(shutil.which("sleep") or "/bin/sleep", tmp_path / "a) Z (b")
    process = subprocess.Popen([program, "100"])
    assert zombies.state(process.pid) in ("R", "S", "D")
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert zombies.state(process.pid) == "Z"
    assert zombies.defunct([process.pid, os.getpid()]) == 1
    process.wait()
    assert zombies.state(process.pid) is None


@pytest.mark.parametrize(
    ("results", "begun"),
    [
        ([FIRST, None, THIRD], 3),  # a cancelled task ran all the same
        ([FIRST, SECOND, THIRD], 2),  # one that was not cancelled did not run
        ([FIRST, None, SECOND], 2),  # a result is wrong
    ],
)
def test_a_cancel_that_is_none_is_no_answer(results: list[int | None], begun: int) -> None:
    """Every task was either begun or cancelled, and what was begun has its right result."""
    executor_cancel.check(ORDER, executor_cancel.Answer([FIRST, None, THIRD], 2, 0.1))
    with pytest.raises(WrongAnswer):
        executor_cancel.check(ORDER, executor_cancel.Answer(results, begun, 0.1))


@pytest.mark.parametrize(("first", "begun", "left"), [(SECOND, 2, 0), (FIRST, 0, 0), (FIRST, 4, 0), (FIRST, 2, 1)])
def test_a_pool_that_is_not_gone_is_no_answer(first: int, begun: int, left: int) -> None:
    """The first result is right, no more tasks were begun than there were, and nobody is left."""
    pool_terminate.check(ORDER, pool_terminate.Answer(FIRST, 2, 0, 0.1))
    with pytest.raises(WrongAnswer):
        pool_terminate.check(ORDER, pool_terminate.Answer(first, begun, left, 0.1))
