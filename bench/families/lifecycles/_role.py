"""What a lifecycle is: the template to write a new one from.

A lifecycle is one file in this folder. It defines

``TAKES``
    The axes that mean something to it, besides ``workers`` and ``start``: any of ``tasks``, ``batches``,
    ``tasks_per_child`` and ``cure``.
``live(order)``
    One whole life, which is what is timed: make the workers, have them do what `order` says, end them. When it
    returns, none of them is left. It returns the answer.

Optional names:

``check(order, answer)``
    Raises `WrongAnswer` when the answer is not the truth. Without it the answer must hold, for each batch, the number
    of primes in each of its chunks.
``facts(answer)``
    What else the answer tells, as scalars; their names start with ``lifecycles_``.
``refuse(order)``
    Why this order makes no sense, or None.
``missing()``
    Why it cannot run on this machine, or None.
``CAUTION``
    Why its life may never end, where that is known.

Functions that run in a worker live in a file that brings little with it, because a worker started by spawn loads it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core import catalog
from bench.core.case import Value
from primes.tasks import ChunkCount
from primes.workload import Chunks

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

PACKAGE = "bench.families.lifecycles"

KERNEL = "trial-division"
_LO = 1_000_000  # where the textbook's range begins
_SHORT = 100  # numbers per task: about 0.2 ms, so that making workers is what costs
_LONG = 10_000  # numbers per long task: about 25 ms, so that most of them still wait when the first one is done

OPTIONAL = frozenset({"tasks", "batches", "tasks_per_child", "cure"})


@dataclass(frozen=True, slots=True)
class Order:
    """What a lifecycle is asked to do.

    Attributes:
        workers: how many workers, or children.
        start: fork, spawn or forkserver.
        tasks: tasks in each batch; 0 where there are none.
        batches: how many batches, one after the other.
        tasks_per_child: after how many tasks a worker is replaced; None is never.
        cure: what is done against zombies.
    """

    workers: int
    start: str
    tasks: int = 0
    batches: int = 1
    tasks_per_child: int | None = None
    cure: str = "none"

    @property
    def context(self) -> BaseContext:
        """The multiprocessing context of the start method."""
        return multiprocessing.get_context(self.start)

    @property
    def task(self) -> ChunkCount:
        """The task: how many primes are in a chunk."""
        return ChunkCount(KERNEL)

    def chunks(self) -> Iterator[Chunks]:
        """Yield the chunks of one batch after the other."""
        width = self.tasks * _SHORT
        for batch in range(self.batches):
            yield Chunks(_LO + batch * width, _LO + (batch + 1) * width, _SHORT)

    def long_chunks(self) -> Chunks:
        """Return the chunks of long tasks."""
        return Chunks(_LO, _LO + self.tasks * _LONG, _LONG)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A lifecycle's file as a record; see the module's docstring for the meaning of the fields."""

    name: str
    live: Callable[[Order], Any]
    takes: frozenset[str]
    check: Callable[[Order, Any], None] | None
    facts: Callable[[Any], dict[str, Value]]
    refuse: Callable[[Order], str | None]
    missing: str | None
    caution: str


def load(name: str) -> Lifecycle:
    """Return the lifecycle ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("TAKES", "live"))
    return Lifecycle(
        name=name,
        live=module.live,
        takes=frozenset(module.TAKES),
        check=getattr(module, "check", None),
        facts=getattr(module, "facts", lambda _answer: {}),
        refuse=getattr(module, "refuse", lambda _order: None),
        missing=catalog.missing(module),
        caution=getattr(module, "CAUTION", ""),
    )
