"""Making a multiprocessing.Pool: the backends on it differ only in the method they call."""

from __future__ import annotations

import threading
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
    before = {*threading.enumerate()}
    try:
        pool = crew.context.Pool(crew.workers, maxtasksperchild=crew.tasks_per_child, **initializer(crew))
    except BaseException:
        from multiprocessing.pool import TERMINATE

        # A pool that lacks room for its last thread leaves one that replaces workers, those that exit ends as well.
        for thread in {*threading.enumerate()} - before:
            thread._state = TERMINATE  # type: ignore[attr-defined]
        raise
    with pool:
        yield pool
    pool.join()
