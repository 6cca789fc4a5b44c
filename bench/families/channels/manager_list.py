"""A list in a server process: append and pop by proxy, a semaphore tells that something is there."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.managers import ListProxy
    from multiprocessing.synchronize import Semaphore
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 120e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Start the server with a list for each direction."""
    with link.context.Manager() as manager:
        there = manager.list(), link.context.Semaphore(0)
        back = manager.list(), link.context.Semaphore(0)
        yield (_sender(*there), _receiver(*back)), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield _sender(*back), _receiver(*there)


def _sender(messages: ListProxy[Any], arrived: Semaphore) -> Callable[[Any], None]:
    def send(message: Any) -> None:
        messages.append(message)
        arrived.release()

    return send


def _receiver(messages: ListProxy[Any], arrived: Semaphore) -> Callable[[], Any]:
    def receive() -> Any:
        arrived.acquire()
        return messages.pop(0)

    return receive
