"""Tasks on a way with a process in between, which unpickles what passes and pickles it again.

A function of the user's is pickled as what finds it, and unpickled as the function itself; that is pickled by its name,
which nobody may be able to import who has not been told where it lies. Loaded in worker processes.
"""

from __future__ import annotations

import pickle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Sealed:
    """A task that is pickled again just as it was the first time; whoever unpickles it has loaded what it is made of.

    So what comes behind it in the same message, or later, can be unpickled as well: items and results of own classes.
    """

    __slots__ = ("pickled", "task")

    def __init__(self, task: Callable[[Any], Any], pickled: bytes = b"") -> None:
        """Take the task; where it was unpickled, with the bytes that it came from."""
        self.task = task
        self.pickled = pickled or packed(task)

    def __reduce__(self) -> tuple[Callable[[bytes], Sealed], tuple[bytes]]:
        """Pickle as the same bytes again."""
        return _opened, (self.pickled,)


def _opened(pickled: bytes) -> Sealed:
    return Sealed(pickle.loads(pickled), pickled)


def packed(value: Any) -> bytes:
    """Return the value as bytes, which only the process that does the work is to unpickle."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def done(task: bytes, items: bytes) -> list[Any]:
    """Return the results of a packed task with packed items, which are unpickled behind it."""
    return list(map(pickle.loads(task), pickle.loads(items)))
