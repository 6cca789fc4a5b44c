"""Handing over through one place in shared memory: the writer waits until it is free, the reader until it is full.

Shared memory by itself tells nobody that something has arrived, so each direction has two semaphores. Loaded in worker
processes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import BaseContext
    from multiprocessing.synchronize import Semaphore
    from typing import Any

Turns = tuple["Semaphore", "Semaphore"]
"""``(free, full)`` of one direction."""


def turns(context: BaseContext, places: int = 1) -> Turns:
    """Return the semaphores of a direction with so many places."""
    return context.Semaphore(places), context.Semaphore(0)


def writer(write: Callable[[Any], object], gates: Turns) -> Callable[[Any], None]:
    """Return a ``send`` that calls ``write`` when there is a place."""
    free, full = gates

    def send(message: Any) -> None:
        free.acquire()
        write(message)
        full.release()

    return send


def reader(read: Callable[[], Any], gates: Turns) -> Callable[[], Any]:
    """Return a ``receive`` that calls ``read`` when something is there."""
    free, full = gates

    def receive() -> Any:
        full.acquire()
        message = read()
        free.release()
        return message

    return receive
