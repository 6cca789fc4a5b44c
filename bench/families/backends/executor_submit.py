"""concurrent.futures.ProcessPoolExecutor.submit and as_completed: one call per message, results as they come."""

from __future__ import annotations

from concurrent.futures import as_completed
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import in_batches
from bench.families.backends._executors import open_executor, process_executor, refuse_process_executor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
TAKES = {"tasks_per_child"}

refuse = refuse_process_executor


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
