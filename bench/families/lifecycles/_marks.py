"""A task that leaves a mark when it begins, so that it can be told afterwards which ones ran. Loaded in workers."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Marked:
    """Task that leaves an empty file, named after its chunk, in a folder before it does another task."""

    __slots__ = ("folder", "task")

    def __init__(self, task: Callable[[tuple[int, int]], int], folder: str) -> None:
        """Mark ``task`` in ``folder``."""
        self.task, self.folder = task, folder

    def __reduce__(self) -> tuple[type[Marked], tuple[Callable[[tuple[int, int]], int], str]]:
        """Pickle as what the constructor takes."""
        return Marked, (self.task, self.folder)

    def __call__(self, chunk: tuple[int, int]) -> int:
        """Leave the mark and do the task."""
        with open(os.path.join(self.folder, str(chunk[0])), "w"):
            pass
        return self.task(chunk)


def begun(folder: str) -> int:
    """Return how many tasks have left their mark."""
    return len(os.listdir(folder))
