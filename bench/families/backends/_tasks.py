"""Tasks around a job's own task: several items at once, results in any order, all workers at one place.

Loaded in worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_POLL_S = 0.0002  # how often a worker at a barrier looks around; its error on the time to open a crew


class Batch:
    """Task that runs another task on several items, for interfaces that send one item per message."""

    __slots__ = ("task",)

    def __init__(self, task: Callable[[Any], Any]) -> None:
        """Wrap ``task``."""
        self.task = task

    def __reduce__(self) -> tuple[type[Batch], tuple[Callable[[Any], Any]]]:
        """Pickle as the wrapped task."""
        return Batch, (self.task,)

    def __call__(self, items: Sequence[Any]) -> list[Any]:
        """Return the results in the order of the items."""
        return list(map(self.task, items))


class Tagged:
    """Task for interfaces that return results in any order: (index, item) -> (index, result)."""

    __slots__ = ("task",)

    def __init__(self, task: Callable[[Any], Any]) -> None:
        """Wrap ``task``."""
        self.task = task

    def __reduce__(self) -> tuple[type[Tagged], tuple[Callable[[Any], Any]]]:
        """Pickle as the wrapped task."""
        return Tagged, (self.task,)

    def __call__(self, tagged: tuple[int, Any]) -> tuple[int, Any]:
        """Return the result with the index of its item."""
        index, item = tagged
        return index, self.task(item)


class Warming:
    """Task for a worker that is addressed by itself: get ready for the job, and answer."""

    __slots__ = ("warm",)

    def __init__(self, warm: Callable[[], None]) -> None:
        """Let a worker call ``warm``."""
        self.warm = warm

    def __reduce__(self) -> tuple[type[Warming], tuple[Callable[[], None]]]:
        """Pickle as what it calls."""
        return Warming, (self.warm,)

    def __call__(self, _item: int) -> bool:
        """Return True."""
        self.warm()
        return True


class Barrier:
    """Task: get ready for the job, answer, and wait until every worker has answered.

    A worker that waits takes no second task, so that as many tasks as workers reach every one of them. The meeting
    point is an empty folder: each worker leaves a file named after itself and looks until there are enough. That
    needs no lock, no socket and no thread, and works for threads, interpreters and every start method alike.
    """

    __slots__ = ("deadline_s", "folder", "warm", "workers")

    def __init__(self, folder: str, workers: int, warm: Callable[[], None], deadline_s: float = 30.0) -> None:
        """Let ``workers`` workers meet in ``folder``, each after it has called ``warm``."""
        self.folder, self.workers, self.warm, self.deadline_s = folder, workers, warm, deadline_s

    def __reduce__(self) -> tuple[type[Barrier], tuple[str, int, Callable[[], None], float]]:
        """Pickle as what the constructor takes."""
        return Barrier, (self.folder, self.workers, self.warm, self.deadline_s)

    def __call__(self, _item: int) -> bool:
        """Return True once all are there; TimeoutError when they are not within the deadline."""
        from threading import get_ident

        try:
            self.warm()
        finally:  # whoever fails has come as well: the others need not wait to hear of it
            with open(os.path.join(self.folder, f"{os.getpid()}-{get_ident()}"), "w"):
                pass
        end = time.monotonic() + self.deadline_s
        while (present := len(os.listdir(self.folder))) < self.workers:
            if time.monotonic() > end:
                raise TimeoutError(f"only {present} of {self.workers} workers answered within {self.deadline_s:g} s.")
            time.sleep(_POLL_S)
        return True


class Ready:
    """Callable that makes a worker ready for a task: it has loaded all that the task is made of."""

    __slots__ = ("task", "warm")

    def __init__(self, task: Callable[[Any], Any], warm: Callable[[], None]) -> None:
        """Take the task, which is loaded when this is unpickled, and what warms it."""
        self.task, self.warm = task, warm

    def __reduce__(self) -> tuple[type[Ready], tuple[Callable[[Any], Any], Callable[[], None]]]:
        """Pickle as task and warm."""
        return Ready, (self.task, self.warm)

    def __call__(self) -> None:
        """Warm it."""
        self.warm()


def cpu_s(_item: int) -> tuple[int, float]:
    """Task: return which process this is, and how much CPU time it has used."""
    return os.getpid(), time.process_time()
