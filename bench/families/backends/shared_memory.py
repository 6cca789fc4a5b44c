"""Standing processes that claim items from a shared counter and write answers into multiprocessing.shared_memory.

Who owns the segment: `open_mapper` creates it, and alone unlinks it; a worker attaches when it is first told the name
and closes when it is told another one or dismissed. When a search needs more room, a larger segment takes its place.
Nothing is read from a segment after its mapping was closed: `_claims.read` copies everything out before it returns.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import count
from multiprocessing.reduction import ForkingPickler
from multiprocessing.shared_memory import SharedMemory

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
    segments = [_create(_LEAST_BYTES)]
    try:
        with open_piped(crew, _work, [(lock, crew.workers)] * crew.workers) as workers:

            def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
                size_bytes = _claims.HEAD + _claims.slot_width(task, items) * len(items)
                if size_bytes > segments[0].size:
                    _dispose(segments.pop())
                    segments.append(_create(2 * size_bytes))
                segment = segments[0]
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
        for segment in segments:
            _dispose(segment)


def _work(pipe: Connection, lock: Any, workers: int) -> None:
    segment = None
    try:
        while (order := pipe.recv()) is not None:
            name, task, items, chunksize = order
            if segment is None or segment.name != name:
                if segment is not None:
                    segment.close()
                segment = _attach(name)
            pipe.send(_claims.search(_memory(segment), lock, task, items, chunksize, workers))
    finally:
        if segment is not None:
            segment.close()


_numbers = count(1)


def _create(size_bytes: int) -> SharedMemory:
    # The name begins with the session's number, by which whoever measures finds what was left behind.
    return SharedMemory(f"primebench-{os.getsid(0)}-{os.getpid()}-{next(_numbers)}", create=True, size=size_bytes)


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


def _dispose(segment: SharedMemory) -> None:
    segment.close()
    segment.unlink()
