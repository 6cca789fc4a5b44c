"""concurrent.futures.ProcessPoolExecutor.map: the textbook's way; one message per item unless told otherwise."""

from __future__ import annotations

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

refuse = refuse_process_executor
caution = caution_process_executor


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor."""
    with open_executor(process_executor(crew)) as executor:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            sizes = {} if chunksize is None else {"chunksize": chunksize}
            return list(executor.map(task, items, **sizes))

        yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

with ProcessPoolExecutor({crew.workers}, mp_context=get_context("{crew.start}"){argument(setup)}) as executor:
    results = list(executor.map({function}, {items}, chunksize={chunksize or 1}))
"""
