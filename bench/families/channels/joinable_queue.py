"""multiprocessing.JoinableQueue: a Queue that counts which messages have been dealt with."""

from __future__ import annotations

from contextlib import contextmanager

from bench.families.channels._feeders import closing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.queues import JoinableQueue
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 25e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a queue for each direction; leaving without an error waits until every message is accounted for."""
    there, back = link.context.JoinableQueue(), link.context.JoinableQueue()
    with closing(there, back):
        yield (there.put, _taking(back)), (there, back)
        there.join()
        back.join()


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield back.put, _taking(there)


def _taking(queue: JoinableQueue[Any]) -> Callable[[], Any]:
    def receive() -> Any:
        message = queue.get()
        queue.task_done()
        return message

    return receive
