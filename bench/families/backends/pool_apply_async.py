"""multiprocessing.Pool.apply_async: one call per message, and one waiting result object per call."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import FUNCTION, chunks, definition, in_batches
from bench.families.backends._pools import open_pool
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
TAKES = {"tasks_per_child"}


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool."""
    with open_pool(crew) as pool:

        def search(task: Task, items: Iterable[Any]) -> list[Any]:
            waiting = [pool.apply_async(task, (item,)) for item in items]
            return [result.get() for result in waiting]

        yield in_batches(search)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this; larger messages are made for an interface that sends one item in each."""
    if chunksize is None or chunksize == 1:
        return f"""\
from multiprocessing import get_context

with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    waiting = [pool.apply_async({function}, (item,)) for item in {items}]
    results = [result.get() for result in waiting]
"""
    return f"""\
from multiprocessing import get_context

{definition(function)}
{chunks(items, chunksize)}
with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    waiting = [pool.apply_async({FUNCTION}, (chunk,)) for chunk in chunks]
    results = [result for chunk in waiting for result in chunk.get()]
"""
