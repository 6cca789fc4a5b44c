"""multiprocessing.Pool.apply: the caller waits for each call, so that only one worker ever has work."""

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
STANDING = False  # workers that are called one at a time never all answer at once


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make a pool."""
    with open_pool(crew) as pool:

        def search(task: Task, items: Iterable[Any]) -> list[Any]:
            return [pool.apply(task, (item,)) for item in items]

        yield in_batches(search)
