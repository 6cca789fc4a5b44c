"""multiprocessing.pool.ThreadPool.map: a Pool whose workers are threads, so that nothing is pickled."""

from __future__ import annotations

from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING

from bench.families.backends._pin import initializer
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "threads"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool of threads; leaving it ends them, but cannot stop one that is in the middle of a task."""
    pool = ThreadPool(crew.workers, **initializer(crew))
    with pool:
        yield pool.map
    pool.join()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from multiprocessing.pool import ThreadPool

with ThreadPool({crew.workers}{argument(setup)}) as pool:
    results = pool.map({function}, {items}, chunksize={chunksize})
"""
