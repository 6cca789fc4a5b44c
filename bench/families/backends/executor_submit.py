"""concurrent.futures.ProcessPoolExecutor.submit and as_completed: one call per message, results as they come."""

from __future__ import annotations

from concurrent.futures import as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import FUNCTION, chunks, definition, in_batches
from bench.families.backends._executors import (
    caution_process_executor,
    open_executor,
    process_executor,
    refuse_process_executor,
)
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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

        def search(task: Task, items: Iterable[Any]) -> list[Any]:
            index = {executor.submit(task, item): at for at, item in enumerate(items)}
            results: list[Any] = [None] * len(index)
            for future in as_completed(index):
                results[index[future]] = future.result()
            return results

        yield in_batches(search)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this; larger messages are made for an interface that sends one item in each."""
    if chunksize is None or chunksize == 1:
        return f"""\
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

with ProcessPoolExecutor({crew.workers}, mp_context=get_context("{crew.start}"){argument(setup)}) as executor:
    index = {{executor.submit({function}, item): at for at, item in enumerate({items})}}
    found = {{index[future]: future.result() for future in as_completed(index)}}
results = [found[at] for at in range(len(found))]
"""
    return f"""\
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

{definition(function)}
{chunks(items, chunksize)}
with ProcessPoolExecutor({crew.workers}, mp_context=get_context("{crew.start}"){argument(setup)}) as executor:
    index = {{executor.submit({FUNCTION}, chunk): at for at, chunk in enumerate(chunks)}}
    found = {{index[future]: future.result() for future in as_completed(index)}}
results = [result for at in range(len(found)) for result in found[at]]
"""
