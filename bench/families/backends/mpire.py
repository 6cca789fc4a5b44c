"""mpire.WorkerPool.map: n / (64 x workers) items per message unless told otherwise."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
EXTRA = "mpire"


def missing() -> str | None:
    """Say what to install."""
    return lacking("mpire", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool whose workers stand between jobs."""
    from mpire import WorkerPool

    cpus = None if crew.cpus is None else [crew.cpus[at % len(crew.cpus)] for at in range(crew.workers)]
    with WorkerPool(crew.workers, start_method=crew.context.get_start_method(), keep_alive=True, cpu_ids=cpus) as pool:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            if not len(items):
                return []
            # Each item in a tuple: one that is a tuple itself would be spread over the arguments.
            wrapped = ((item,) for item in items)
            sizes = {"iterable_len": len(items), "chunk_size": chunksize}
            return list(pool.map(task, wrapped, concatenate_numpy_output=False, **sizes))

        yield mapper
        pool.stop_and_join()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this; an item that is a tuple would be spread over the arguments."""
    options = f"chunk_size={chunksize}, concatenate_numpy_output=False{argument(setup, 'worker_init')}"
    return f"""\
from mpire import WorkerPool

with WorkerPool({crew.workers}, start_method="{crew.start}") as pool:
    tuples = [(item,) for item in {items}]
    results = pool.map({function}, tuples, {options})
"""
