"""A ProcessPoolExecutor whose tasks are cancelled: how many really were, and how long until it was idle."""

from __future__ import annotations

import tempfile
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from bench.core.errors import WrongAnswer
from bench.families.lifecycles._marks import Marked, begun
from bench.families.lifecycles._role import KERNEL
from primes import truth

if TYPE_CHECKING:
    from bench.core.case import Value
    from bench.families.lifecycles._role import Order

TAKES = {"tasks"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a life leaves.

    Attributes:
        results: of each task; None when it was cancelled.
        begun: how many tasks were begun.
        idle_s: seconds from the first cancel until all workers had ended.
    """

    results: list[int | None]
    begun: int
    idle_s: float

    @property
    def cancelled(self) -> int:
        """How many tasks were cancelled."""
        return self.results.count(None)


def live(order: Order) -> Answer:
    """Submit many long tasks, wait for the first, cancel all, wait until the workers have ended."""
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        with ProcessPoolExecutor(order.workers, mp_context=order.context) as executor:
            task = Marked(order.task, folder)
            futures = [executor.submit(task, chunk) for chunk in order.long_chunks()]
            wait(futures, return_when=FIRST_COMPLETED)
            start = perf_counter()
            for future in futures:
                future.cancel()
        idle_s = perf_counter() - start
        results = [None if future.cancelled() else future.result() for future in futures]
        return Answer(results, begun(folder), idle_s)


def check(order: Order, answer: Answer) -> None:
    """Raise `WrongAnswer` when a cancelled task ran all the same, one that was not did not, or a result is wrong."""
    if answer.begun + answer.cancelled != order.tasks:
        raise WrongAnswer(f"{answer.cancelled} of {order.tasks} tasks were cancelled, but {answer.begun} were begun.")
    for chunk, result in zip(order.long_chunks(), answer.results, strict=True):
        if result is not None and result != truth.expected_count(*chunk, KERNEL):
            raise WrongAnswer(f"the chunk {chunk} has {truth.expected_count(*chunk, KERNEL)} primes, not {result}.")


def facts(answer: Answer) -> dict[str, Value]:
    """Tell how many were cancelled and how long the rest took."""
    return {
        "lifecycles_idle_s": answer.idle_s,
        "lifecycles_begun": answer.begun,
        "lifecycles_cancelled": answer.cancelled,
    }
