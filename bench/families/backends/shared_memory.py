"""Standing processes that claim items from a shared counter and write answers into multiprocessing.shared_memory.

Who owns the segment: `open_mapper` creates it, and alone unlinks it; a worker attaches when it is first told the name
and closes when it is told another one or dismissed. When a search needs more room, a larger segment takes its place.
Memory is claimed before it is written: where none is left, a write to it would end the process with SIGBUS.
Nothing is read from a segment after its mapping was closed: `_claims.read` copies everything out before it returns.
"""

from __future__ import annotations

import errno
import os
import pickle
import sys
from contextlib import contextmanager
from multiprocessing.reduction import ForkingPickler
from multiprocessing.shared_memory import SharedMemory

from bench.core.signals import held_back
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

_LEAST_BYTES = 1 << 16  # of a segment: room for half a million flags; memory is used only where it is written


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Create a segment and start the workers that will attach to it."""
    lock = crew.context.Lock()
    # Before the workers: those made by fork inherit the resource tracker that the first segment starts. A worker with
    # a tracker of its own would unlink, at its end, what belongs to us.
    room = _Room()
    try:
        with open_piped(crew, _work, [(lock, crew.workers)] * crew.workers) as workers:

            def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
                size_bytes = _claims.HEAD + _claims.slot_width(task, items) * len(items)
                segment = room.fit(size_bytes)
                _claims.clear(_memory(segment), size_bytes)
                order = ForkingPickler.dumps((segment.name, task, items, chunksize))  # once for all of them
                for worker in workers:
                    worker.send_pickled(order)
                done = sum(gather(workers))
                if done != len(items):
                    raise WorkerLost(f"{done} items were claimed, not {len(items)}")
                return _claims.read(_memory(segment), task, items)

            yield mapper
    finally:
        room.close()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, slot: str, setup: str = "") -> str:
    """Return the code that does this."""
    from textwrap import indent

    from bench.families.backends import _slots

    work = _slots.definition(
        crew, function, chunksize, slot, "segment.buf", setup, "segment = SharedMemory(memory)", "segment.close()"
    )
    return f"""\
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory
from struct import iter_unpack, pack_into

{work}
context = get_context("{crew.start}")
size_bytes = {_slots.size_bytes(slot, items)}
segment = SharedMemory(create=True, size=max(1, size_bytes))
try:
{indent(_slots.run(crew, "segment.name", items).rstrip(), "    ")}
    results = {_slots.results(slot, "segment.buf[:size_bytes]")}
finally:
    segment.close()
    segment.unlink()
"""


class _Room:
    """The segment, and how much of it is claimed: its size alone takes no memory."""

    def __init__(self) -> None:
        _rehearse(_LEAST_BYTES)
        with held_back():
            self.segment: SharedMemory | None = _create(_LEAST_BYTES)
        self.claimed = 0

    def fit(self, size_bytes: int) -> SharedMemory:
        """Return a segment with so many bytes claimed; `NoRoom` when there are not so many."""
        if self.segment is None or size_bytes > self.segment.size:
            self.close()
            _rehearse(2 * size_bytes)
            # A SharedMemory that is interrupted half-way is known to nobody who could remove it.
            with held_back():
                self.segment = _create(2 * size_bytes)
            self.claimed = 0
        if size_bytes > self.claimed:
            _claim(self.segment.name, size_bytes)
            self.claimed = size_bytes
        return self.segment

    def close(self) -> None:
        with held_back():
            segment, self.segment = self.segment, None
            if segment is not None:
                segment.close()
                segment.unlink()


def _work(pipe: Connection, lock: Any, workers: int) -> None:
    segment = None
    try:
        while (order := pipe.recv()) is not None:
            name, task, items, chunksize = order
            if segment is None or segment.name != name:
                if segment is not None:
                    segment.close()
                segment = _attach(name)
            done = _claims.search(_memory(segment), lock, task, items, chunksize, workers)
            pipe.send_bytes(pickle.dumps(done))  # `send` makes a pickler of its own
    finally:
        if segment is not None:
            segment.close()


def _create(size_bytes: int) -> SharedMemory:
    # The name begins with the session's number, by which whoever measures finds what was left behind; containers that
    # share /dev/shm have the same numbers. macOS takes no more than 30 letters.
    return SharedMemory(f"primebench-{os.getsid(0)}-{os.urandom(4).hex()}", create=True, size=size_bytes)


def _rehearse(size_bytes: int) -> None:
    """Raise `NoRoom` or OSError where a segment cannot be made.

    A SharedMemory that fails half-way takes back from the resource tracker what it has not yet told it of, and that
    process answers with a traceback of its own.
    """
    from mmap import mmap
    from resource import RLIM_INFINITY, RLIMIT_FSIZE, getrlimit

    limit = getrlimit(RLIMIT_FSIZE)[0]
    if limit != RLIM_INFINITY and size_bytes > limit:
        raise _claims.NoRoom(errno.EFBIG, os.strerror(errno.EFBIG))
    try:
        mmap(-1, size_bytes).close()
    except OSError as error:
        raise _claims.NoRoom(error.errno, error.strerror) from None
    with open(os.devnull), open(os.devnull):  # as many descriptors as it takes
        pass


def _claim(name: str, size_bytes: int) -> None:
    """Take the memory now: afterwards writing cannot fail."""
    path = f"/dev/shm/{name}"  # of Linux; other systems have no file, and take the memory when it is written
    if not os.path.exists(path):
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.posix_fallocate(descriptor, 0, size_bytes)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.ENOMEM):
            raise _claims.NoRoom(error.errno, os.strerror(error.errno)) from None
    finally:
        os.close(descriptor)


def _attach(name: str) -> SharedMemory:
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    # Up to 3.12 attaching tells the resource tracker of the segment as if it had been created here. As all workers
    # share the creator's tracker, which keeps a set of names, that changes nothing: the creator's unlink removes it.
    return SharedMemory(name)


def _memory(segment: SharedMemory) -> memoryview:
    if segment.buf is None:
        raise ValueError(f"the segment {segment.name} was closed; nothing can be read from it any more.")
    return segment.buf
