"""multiprocessing.Pool.apply_async: one call per message, and one waiting result object per call."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import in_batches
from bench.families.backends._pools import open_pool

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
