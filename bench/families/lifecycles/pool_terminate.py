"""A Pool that is terminated in the middle of its work: how long until nobody is left, and how much was never begun."""

from __future__ import annotations

import multiprocessing
import tempfile
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
        first: the result of the first chunk, which came before the end.
        begun: how many tasks were begun.
        left: workers that are still there after the end.
        idle_s: seconds from the call of terminate until all workers were reaped.
    """

    first: int
    begun: int
    left: int
    idle_s: float


def live(order: Order) -> Answer:
    """Make a pool, wait for the first of many long tasks, terminate it."""
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        before = set(multiprocessing.active_children())
        with order.context.Pool(order.workers) as pool:
            results = pool.imap(Marked(order.task, folder), order.long_chunks(), 1)
            first = next(results)
            start = perf_counter()
            pool.terminate()
            pool.join()
            idle_s = perf_counter() - start
        left = len(set(multiprocessing.active_children()) - before)
        return Answer(first, begun(folder), left, idle_s)


def check(order: Order, answer: Answer) -> None:
    """Raise `WrongAnswer` when a worker is left or the first result is wrong."""
    if answer.left:
        raise WrongAnswer(f"{answer.left} workers were left after terminate and join.")
    lo, hi = order.long_chunks()[0]
    expected = truth.expected_count(lo, hi, KERNEL)
    if answer.first != expected:
        raise WrongAnswer(f"the first chunk has {expected} primes, not {answer.first}.")
    if not 1 <= answer.begun <= order.tasks:
        raise WrongAnswer(f"{answer.begun} of {order.tasks} tasks were begun.")


def facts(answer: Answer) -> dict[str, Value]:
    """Tell how long it took and how far the work was."""
    return {"lifecycles_idle_s": answer.idle_s, "lifecycles_begun": answer.begun}
