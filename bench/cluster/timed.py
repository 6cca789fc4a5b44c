"""A task that says how long it took, by the clock of the worker that did it; loaded in workers."""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Timed:
    """Task: an item -> (the result of another task, seconds)."""

    __slots__ = ("task",)

    def __init__(self, task: Callable[[Any], Any]) -> None:
        """Time this task."""
        self.task = task

    def __reduce__(self) -> tuple[type[Timed], tuple[Callable[[Any], Any]]]:
        """Pickle as the task."""
        return type(self), (self.task,)

    def __call__(self, item: Any) -> tuple[Any, float]:
        """Do the task and time it."""
        started = perf_counter()
        result = self.task(item)
        return result, perf_counter() - started
