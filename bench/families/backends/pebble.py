"""pebble.ProcessPool.map: a worker that dies takes only its own task with it, and tasks may have deadlines."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking
from bench.families.backends._pin import initializer
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
EXTRA = "pebble"
TAKES = {"tasks_per_child"}


def missing() -> str | None:
    """Say what to install."""
    return lacking("pebble", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool; leaving it waits for its workers, after an error it ends them."""
    from pebble import ProcessPool

    pool = ProcessPool(crew.workers, max_tasks=crew.tasks_per_child or 0, context=crew.context, **initializer(crew))
    try:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            return list(pool.map(task, items, chunksize=chunksize or 1).result())

        yield mapper
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from multiprocessing import get_context
from pebble import ProcessPool

with ProcessPool({crew.workers}, context=get_context("{crew.start}"){argument(setup)}) as pool:
    results = list(pool.map({function}, {items}, chunksize={chunksize or 1}).result())
"""
