"""Pools and executors that do batches: one for all of them, or a new one for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order
    from primes.workload import Chunks

Run = Callable[["Chunks"], list[int]]  # the chunks of a batch -> the number of primes in each
Make = Callable[["Order"], AbstractContextManager[Run]]


@contextmanager
def pool(order: Order) -> Iterator[Run]:
    """Make a pool; leaving it terminates the workers, as the pool's own context manager does, and reaps them."""
    with order.context.Pool(order.workers, maxtasksperchild=order.tasks_per_child) as made:
        yield lambda chunks: made.map(order.task, chunks, 1)
    made.join()


@contextmanager
def executor(order: Order) -> Iterator[Run]:
    """Make an executor; leaving it waits for its workers to end."""
    with ProcessPoolExecutor(
        order.workers, mp_context=order.context, max_tasks_per_child=order.tasks_per_child
    ) as made:
        yield lambda chunks: list(made.map(order.task, chunks))


def renewed(make: Make, order: Order) -> list[list[int]]:
    """Make and end the workers for every batch anew; return the results of each batch."""
    results = []
    for chunks in order.chunks():
        with make(order) as run:
            results.append(run(chunks))
    return results


def reused(make: Make, order: Order) -> list[list[int]]:
    """Make the workers once, do all batches, end them; return the results of each batch."""
    with make(order) as run:
        return [run(chunks) for chunks in order.chunks()]
