"""loky.ProcessPoolExecutor.map: as concurrent.futures, with its own way to start workers and cloudpickle."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking
from bench.families.backends._loky import keep_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
EXTRA = "loky"
FIXED = {"start": "none", "pin": "no"}  # loky starts its workers in a way of its own


def missing() -> str | None:
    """Say what to install."""
    return lacking("loky", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor whose workers neither end when idle nor are replaced when they have grown."""
    from loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(crew.workers, timeout=None, initializer=keep_workers)
    try:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            sizes = {} if chunksize is None else {"chunksize": chunksize}
            return list(executor.map(task, items, **sizes))

        yield mapper
    except BaseException:
        executor.shutdown(kill_workers=True)
        raise
    executor.shutdown()
