"""multiprocessing.Pool.map: one locked pipe to all workers, one back, results in order."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._pools import open_pool
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "processes"
TAKES = {"tasks_per_child"}


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool."""
    with open_pool(crew) as pool:
        yield pool.map


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from multiprocessing import get_context

with get_context("{crew.start}").Pool({crew.workers}{argument(setup)}) as pool:
    results = pool.map({function}, {items}, chunksize={chunksize})
"""
