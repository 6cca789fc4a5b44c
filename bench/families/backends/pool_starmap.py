"""multiprocessing.Pool.starmap: as Pool.map, for functions of several arguments, so that each item is a tuple."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._pools import open_pool
from bench.families.backends._setups import argument

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
            return pool.starmap(task, ((item,) for item in items), chunksize)

        yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from multiprocessing import get_context

with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    results = pool.starmap({function}, ((item,) for item in {items}), chunksize={chunksize})
"""
