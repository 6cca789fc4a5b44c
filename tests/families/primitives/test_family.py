"""Axes of the primitives, and which combinations make sense."""

from __future__ import annotations

import ctypes
import itertools
import multiprocessing
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from bench.core.case import NONE, Case
from bench.core.errors import UsageError
from bench.core.family import Unfit
from bench.families.primitives import _family, _role
from bench.families.primitives._family import FAMILY

AXES = {axis.name: axis for axis in FAMILY.axes}
PARAMS = {"parties": 2, "pattern": "contended", "hold_us": 0, "start": "fork"}


@pytest.mark.parametrize(
    ("axis", "text", "values"),
    [
        ("parties", "4", (4,)),
        ("parties", "2-4", (2, 3, 4)),
        ("hold_us", "0", (0,)),
        ("hold_us", "1e3", (1000,)),
        ("pattern", "handoff", ("handoff",)),
        ("start", "spawn", ("spawn",)),
    ],
)
def test_what_the_user_writes_is_read(axis: str, text: str, values: tuple[object, ...]) -> None:
    """Numbers may be spans and have an exponent; words are taken as they are."""
    assert values == AXES[axis].parse(text)


@pytest.mark.parametrize(
    ("axis", "text"),
    [
        ("parties", "0"),
        ("parties", "-1"),
        ("parties", "4-2"),
        ("parties", "257"),
        ("parties", "two"),
        ("hold_us", "-5"),
        ("hold_us", "1.5"),
        ("pattern", "contented"),
        ("start", "vfork"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value(axis: str, text: str) -> None:
    """The message repeats what was written."""
    with pytest.raises(UsageError, match=text.lstrip("-")):
        AXES[axis].parse(text)


@pytest.mark.parametrize("pattern", ["contended", "handoff"])
def test_one_party_cannot_contend(pattern: str) -> None:
    """Below two parties the user is told what to write."""
    with pytest.raises(UsageError, match="--parties of at least 2"):
        FAMILY.fit("lock", PARAMS | {"parties": 1, "pattern": pattern})


@pytest.mark.parametrize(
    ("member", "changes", "fitted"),
    [
        ("lock", {}, {}),
        ("thread-lock", {}, {"start": NONE}),
        ("manager-lock", {}, {}),
        ("lock", {"pattern": "uncontended"}, {"parties": 1, "hold_us": NONE, "start": NONE}),
        ("manager-lock", {"pattern": "uncontended"}, {"parties": 1, "hold_us": NONE}),
        ("value-lock", {"pattern": "nested"}, {"parties": 1, "hold_us": NONE, "start": NONE}),
        ("event", {"pattern": "handoff", "parties": 3}, {}),
    ],
)
def test_an_axis_without_meaning_is_none(member: str, changes: dict[str, object], fitted: dict[str, object]) -> None:
    """A party alone has no others, threads have no start method, and a manager's server always has one."""
    params = PARAMS | changes
    assert params | fitted == FAMILY.fit(member, params)


@pytest.mark.parametrize(
    ("member", "pattern", "reason"),
    [
        ("lock", "nested", "cannot be taken again"),
        ("manager-semaphore", "nested", "cannot be taken again"),
        ("thread-counter", "nested", "cannot be taken again"),
        ("rlock", "handoff", "released only by the party that took it"),
        ("value-lock", "handoff", "released only by the party that took it"),
        ("thread-barrier", "handoff", "no turn to hand on"),
        ("thread-counter", "handoff", "no turn to hand on"),
    ],
)
def test_a_pattern_that_the_kind_lacks_is_unfit(member: str, pattern: str, reason: str) -> None:
    """Taking a lock twice would wait for ever, an RLock knows its owner, a barrier knows no turns."""
    with pytest.raises(Unfit, match=f"{member}.*{reason}"):
        FAMILY.fit(member, PARAMS | {"pattern": pattern})


@pytest.mark.parametrize(
    ("hold_s", "runs"),
    [
        pytest.param(0.0, [2_000, 8_000, 32_000, 128_000, 512_000], id="steps take next to no time"),
        pytest.param(0.001, [2_000], id="a run is two seconds of work"),
    ],
)
def test_a_machine_that_stalls_does_not_end_the_control_run(
    monkeypatch: pytest.MonkeyPatch, hold_s: float, runs: list[int]
) -> None:
    """Each run takes longer than all of them may, and never ends wrong: they grow until there was work to speak of."""
    monkeypatch.setattr("time.monotonic", itertools.count(0.0, 10.0).__next__)
    shared: Any = SimpleNamespace(counter=SimpleNamespace(value=0), hold_s=hold_s)
    asked: list[int] = []

    def run(_mode: str, steps: int) -> list[Any]:
        asked.append(steps)
        shared.counter.value = steps
        return []

    assert not _family._contention_is_real(shared, run, 2_000)
    assert runs == asked


@pytest.mark.parametrize(("member", "plain"), [("thread-lock", True), ("thread-event", True), ("lock", False)])
def test_threads_guard_a_number_of_python(member: str, plain: bool) -> None:
    """A value of ctypes, which processes need to share one, takes longer to change than a thread's lock to take."""
    source = threading if plain else multiprocessing.get_context("spawn")
    shared = _family._shared(_role.load(member), source, Case.of("primitives", member, PARAMS))
    assert plain != isinstance(shared.counter, ctypes.c_int64)
