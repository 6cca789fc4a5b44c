"""Making and ending executors of concurrent.futures, whatever state their workers are in."""

from __future__ import annotations

from contextlib import contextmanager
from multiprocessing import active_children
from typing import TYPE_CHECKING, TypeVar

from bench.families._starving import STARVING
from bench.families.backends._pin import initializer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor, ProcessPoolExecutor

    from bench.contract.backend import Crew

_Executor = TypeVar("_Executor", bound="Executor")


@contextmanager
def open_executor(executor: _Executor) -> Iterator[_Executor]:
    """Lend an executor; leaving it waits for its workers to end, after an error without doing what is still to do."""
    try:
        yield executor
    except BaseException:
        # A process that hangs would keep shutdown waiting for ever. Threads and interpreters cannot be ended at all.
        for child in active_children():
            child.kill()
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def process_executor(crew: Crew) -> ProcessPoolExecutor:
    """Make an executor of processes."""
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(
        crew.workers, mp_context=crew.context, max_tasks_per_child=crew.tasks_per_child, **initializer(crew)
    )


def refuse_process_executor(crew: Crew) -> str | None:
    """Say why an executor of processes cannot be made with this crew."""
    if crew.tasks_per_child is not None and crew.start == "fork":
        return "ProcessPoolExecutor refuses max_tasks_per_child with the start method fork; use spawn or forkserver."
    return None


def caution_process_executor(crew: Crew) -> str | None:
    """Say why an executor of processes may never end with this crew."""
    return STARVING if crew.tasks_per_child is not None and crew.tasks_per_child > 1 else None
