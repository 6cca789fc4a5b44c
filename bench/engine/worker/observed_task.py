"""The task of a job, wrapped so that each worker notes what it does with each item.

Loaded in worker processes, and only while an untimed body is observed.
"""

from __future__ import annotations

import os
import sys
from _thread import _local, get_native_id
from time import monotonic_ns

from bench.engine.worker.notes import Notes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.contract.backend import Task


class _Process:
    """What all threads of this process share: since when it lives, and whether it was forked with this module in it."""

    __slots__ = ("born", "forked", "known", "own")

    def __init__(self) -> None:
        self.born, self.forked = monotonic_ns(), False
        self.own = _local()
        self.known: dict[int, Notes | _NoRoom] = {}  # by thread: an interpreter forgets what is its own at each call

    def fork(self) -> None:
        """Begin anew in a child: its thread must not go on with the notes of its parent's."""
        self.born, self.forked, self.own, self.known = monotonic_ns(), True, _local(), {}

    def notes(self, folder: str) -> Notes | _NoRoom | None:
        """Return the notes that this thread has opened in this folder."""
        found = getattr(self.own, "notes", None) or self.known.get(get_native_id())
        if found is None or found.folder != folder:
            return None
        self.own.notes = found
        return found

    def keep(self, notes: Notes | _NoRoom) -> None:
        """Keep the notes of this thread, and none of another body."""
        self.known = {thread: other for thread, other in self.known.copy().items() if other.folder == notes.folder}
        self.own.notes = self.known[get_native_id()] = notes


_here = _Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_here.fork)


class Observed:
    """Task that notes when another task begins and ends; in all else, it is that other one."""

    __slots__ = ("folder", "received", "task")

    def __init__(self, task: Task, folder: str, received: int = 0) -> None:
        """Wrap ``task``, whose notes go into ``folder``; ``received`` is when the message with it was unpickled."""
        self.task, self.folder, self.received = task, folder, received

    def __reduce__(self) -> tuple[Any, tuple[Task, str]]:
        """Pickle so that the moment of unpickling is known."""
        return _unpickled, (self.task, self.folder)

    def __call__(self, item: Any) -> Any:
        """Return what the task returns."""
        notes = getattr(_here.own, "notes", None)
        if notes is None or notes.folder != self.folder:
            notes = _here.notes(self.folder)
        if notes is None:
            notes = opened(self.folder)
            set_up = getattr(self.task, "set_up", None)
            if set_up is not None:  # else the first item would do it, and seem to take so long
                set_up()
                notes.ready()
        if self.received:
            received, self.received = self.received, 0
            return notes.run_in_full(self.task, item, received)
        return notes.run(self.task, item)

    def __getattr__(self, name: str) -> Any:
        """Return what the task has besides, such as the width of its results."""
        if name in self.__slots__:
            raise AttributeError(name)
        return getattr(self.task, name)


def _unpickled(task: Task, folder: str) -> Observed:
    return Observed(task, sys.intern(folder), monotonic_ns())


def opened(folder: str) -> Notes | _NoRoom:
    """Open the notes of this thread, for which there may be no room: then nothing is noted, which can be counted."""
    notes: Notes | _NoRoom
    try:
        notes = Notes(folder, _here.born, forked=_here.forked)
    except OSError:
        notes = _NoRoom(folder)
    _here.keep(notes)
    return notes


class _NoRoom:
    """Notes that are not taken."""

    __slots__ = ("folder",)

    def __init__(self, folder: str) -> None:
        """Remember where there is no room."""
        self.folder = folder

    def ready(self) -> None:
        """Note nothing."""

    @staticmethod
    def run(task: Task, item: Any) -> Any:
        """Call the task."""
        return task(item)

    @staticmethod
    def run_in_full(task: Task, item: Any, _received: int) -> Any:
        """Call the task."""
        return task(item)


class Opening:
    """What a standing worker does before it is observed: it loads this module and opens its notes."""

    __slots__ = ("folder",)

    def __init__(self, folder: str) -> None:
        """Take the folder of the notes."""
        self.folder = folder

    def __reduce__(self) -> tuple[type[Opening], tuple[str]]:
        """Pickle as what the constructor takes."""
        return Opening, (self.folder,)

    def __call__(self) -> None:
        """Open them."""
        opened(self.folder)
