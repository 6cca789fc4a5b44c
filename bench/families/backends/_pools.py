"""Making a multiprocessing.Pool: the backends on it differ only in the method they call."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._pin import initializer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.pool import Pool

    from bench.contract.backend import Crew


@contextmanager
def open_pool(crew: Crew) -> Iterator[Pool]:
    """Make a pool; leaving it terminates the workers, as the pool's own context manager does, and reaps them."""
    pool = crew.context.Pool(crew.workers, maxtasksperchild=crew.tasks_per_child, **initializer(crew))
    with pool:
        yield pool
    pool.join()
