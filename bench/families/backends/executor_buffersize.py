"""concurrent.futures.ProcessPoolExecutor.map with buffersize: only so many messages are out at a time (3.14+)."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._executors import (
    caution_process_executor,
    open_executor,
    process_executor,
    refuse_process_executor,
)
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
TAKES = {"tasks_per_child"}

# A worker finds its next message waiting when it has done one. Fewer would leave it idle meanwhile; more only keep more
# items in memory, which is what a buffer is to avoid.
MESSAGES_PER_WORKER = 2

refuse = refuse_process_executor
caution = caution_process_executor


def missing() -> str | None:
    """Say why there is no such buffer here."""
    if sys.version_info >= (3, 14):
        return None
    return f"the argument buffersize came with Python 3.14; this is {sys.version_info.major}.{sys.version_info.minor}."


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor."""
    if sys.version_info >= (3, 14):
        with open_executor(process_executor(crew)) as executor:

            def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
                sizes = {} if chunksize is None else {"chunksize": chunksize}
                return list(executor.map(task, items, buffersize=MESSAGES_PER_WORKER * crew.workers, **sizes))

            yield mapper
    else:
        raise NotImplementedError(missing())


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

with ProcessPoolExecutor({crew.workers}, mp_context=get_context("{crew.start}"){argument(setup)}) as executor:
    results = list(
        executor.map({function}, {items}, chunksize={chunksize or 1}, buffersize={MESSAGES_PER_WORKER * crew.workers})
    )
"""
