"""multiprocessing.Pool.apply: the caller waits for each call, so that only one worker ever has work."""

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
WAITS = True
STANDING = False  # workers that are called one at a time never all answer at once


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool."""
    with open_pool(crew) as pool:

        def search(task: Task, items: Iterable[Any]) -> list[Any]:
            return [pool.apply(task, (item,)) for item in items]

        yield in_batches(search)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this; larger messages are made for an interface that sends one item in each."""
    if chunksize is None or chunksize == 1:
        return f"""\
from multiprocessing import get_context

with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    results = [pool.apply({function}, (item,)) for item in {items}]
"""
    return f"""\
from multiprocessing import get_context

{definition(function)}
{chunks(items, chunksize)}
with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    results = [result for chunk in chunks for result in pool.apply({FUNCTION}, (chunk,))]
"""
