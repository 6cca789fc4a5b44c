"""Processes that claim items from a counter in a multiprocessing.Array and write answers into the same array.

An array can only be handed over when a process is made, so every search makes an array that fits, and its processes.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from tempfile import gettempdir

from bench.families.backends import _claims
from bench.families.backends._workers import WorkerLost, gather, open_piped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
FIXED_WIDTH = True
STANDING = False


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Yield a mapper that makes the array and the processes itself, and has ended them when it returns."""

    def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        size_bytes = _claims.HEAD + _claims.slot_width(task, items) * len(items)
        _check_room(size_bytes)
        # The array's own lock guards the claims, not each access: it may be a plain one, which is the faster kind.
        array = crew.context.Array("B", size_bytes, lock=crew.context.Lock())
        with open_piped(crew, _work, [(array, task, items, chunksize, crew.workers)] * crew.workers) as workers:
            done = sum(gather(workers))
        if done != len(items):
            raise WorkerLost(f"{done} items were claimed, not {len(items)}")
        return _claims.read(_bytes_of(array), task, items)

    yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, slot: str, setup: str = "") -> str:
    """Return the code that does this."""
    from bench.families.backends import _slots

    return f"""\
from multiprocessing import get_context
from struct import iter_unpack, pack_into

{_slots.definition(crew, function, chunksize, slot, "memory", setup)}
context = get_context("{crew.start}")
array = context.RawArray("B", {_slots.size_bytes(slot, items)})
{_slots.run(crew, "array", items)}
results = {_slots.results(slot, "array")}
"""


def _check_room(size_bytes: int) -> None:
    """Raise `NoRoom` unless one of the two folders in which arrays are made has so much free.

    An array is a file that takes its room when it is written; where none is left, that ends the process with SIGBUS.
    """
    free = 0
    for folder in ("/dev/shm", gettempdir()):
        with suppress(OSError):
            found = os.statvfs(folder)
            free = max(free, found.f_bavail * found.f_frsize)
    if size_bytes > free:
        raise _claims.NoRoom(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _work(pipe: Connection, array: Any, task: Task, items: Sequence[Any], chunksize: int | None, workers: int) -> None:
    pipe.send(_claims.search(_bytes_of(array), array.get_lock(), task, items, chunksize, workers))


def _bytes_of(array: Any) -> memoryview:
    return memoryview(array.get_obj()).cast("B")
