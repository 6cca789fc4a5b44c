"""The family of lifecycles: ways to make and end workers, each with answers that show that they really lived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.core import axes
from bench.core.case import NONE, Case, Value
from bench.core.errors import WrongAnswer
from bench.core.family import Axis, Family, Missing, Trial, Unfit
from bench.families import _axes
from bench.families.lifecycles import _role
from primes import truth

MOST_TASKS = 1_000_000

CURES = ("none", "join", "active-children", "context-manager", "daemon", "sigchld-ignored")

AXES = (
    _axes.WORKERS,
    _axes.START,
    Axis("tasks", "Tasks in each batch.", lambda: 8, axes.numbers("tasks", 1, MOST_TASKS), "N,N-M"),
    Axis("batches", "Batches, one after the other.", lambda: 4, axes.numbers("batches", 1, MOST_TASKS), "N,N-M"),
    Axis(
        "tasks_per_child",
        "Replace a worker after so many tasks.",
        lambda: 2,
        axes.numbers("tasks per child", 1, MOST_TASKS),
        "N,N-M",
    ),
    Axis("cure", "What is done against zombies.", lambda: "none", axes.choice("cure", CURES), "|".join(CURES)),
)


def missing(member: str) -> str | None:
    """Say why the lifecycle cannot run on this machine."""
    return _role.load(member).missing


def fit(member: str, params: dict[str, Value]) -> dict[str, Value]:
    """Return the params that this lifecycle really has.

    Raises:
        Missing: the lifecycle cannot run on this machine.
        Unfit: the combination makes no sense; the message says why.
    """
    lifecycle = _role.load(member)
    if lifecycle.missing:
        raise Missing(lifecycle.missing)
    fitted = params | dict.fromkeys(_role.OPTIONAL - lifecycle.takes, NONE)
    _axes.check_start(fitted["start"])
    refusal = lifecycle.refuse(_order(fitted))
    if refusal:
        raise Unfit(refusal)
    return fitted


def _order(params: dict[str, Value]) -> _role.Order:
    def number(axis: str, otherwise: Any) -> Any:
        return otherwise if params[axis] == NONE else int(params[axis])

    return _role.Order(
        workers=int(params["workers"]),
        start=str(params["start"]),
        tasks=number("tasks", 0),
        batches=number("batches", 1),
        tasks_per_child=number("tasks_per_child", None),
        cure=str(params["cure"]),
    )


@contextmanager
def prepare(case: Case) -> Iterator[Trial]:
    """Make the trial of a case: one body is one whole life, its time is given per batch."""
    lifecycle = _role.load(case.member)
    order = _order(dict(case.params))
    verify = lifecycle.check or _Counts().check
    answers: list[Any] = []  # the last one

    def check(answer: Any) -> None:
        verify(order, answer)
        answers[:] = [answer]

    yield Trial(
        body=lambda: lifecycle.live(order),
        check=check,
        operations=order.batches,
        facts=lambda: lifecycle.facts(answers[0]) if answers else {},
        caution=lifecycle.caution,
    )


class _Counts:
    """The right answer of those lifecycles that count primes: looked up once."""

    def __init__(self) -> None:
        self.expected: list[list[int]] = []

    def check(self, order: _role.Order, answer: list[list[int]]) -> None:
        """Raise `WrongAnswer` unless every chunk of every batch has its number of primes."""
        if not self.expected:
            self.expected = [
                [truth.expected_count(lo, hi, _role.KERNEL) for lo, hi in chunks] for chunks in order.chunks()
            ]
        if len(answer) != order.batches:
            raise WrongAnswer(f"{len(answer)} batches came back, not {order.batches}.")
        for number, (found, expected) in enumerate(zip(answer, self.expected, strict=True)):
            if found != expected:
                raise WrongAnswer(f"batch {number} found {found} primes in its chunks; there are {expected}.")


FAMILY = Family(
    name="lifecycles",
    noun="lifecycle",
    summary="ways to make and end workers",
    axes=AXES,
    fit=fit,
    prepare=prepare,
    missing=missing,
)
