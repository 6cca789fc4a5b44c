"""multiprocessing.Pool.imap_unordered: results as they come; each carries its item's index, to be put in order."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._pools import open_pool
from bench.families.backends._setups import argument
from bench.families.backends._tasks import Tagged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
TAKES = {"tasks_per_child"}


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool."""
    with open_pool(crew) as pool:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            found = dict(pool.imap_unordered(Tagged(task), enumerate(items), chunksize or 1))
            return [found[index] for index in range(len(items))]

        yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from multiprocessing import get_context

def with_index(pair):
    index, item = pair
    return index, {function}(item)

with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    found = dict(pool.imap_unordered(with_index, enumerate({items}), chunksize={chunksize or 1}))
results = [found[index] for index in range(len(found))]
"""
