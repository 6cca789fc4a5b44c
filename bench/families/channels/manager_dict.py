"""A dict in a server process: numbered messages by proxy, a semaphore tells that one is there."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.managers import DictProxy
    from multiprocessing.synchronize import Semaphore
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 120e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Start the server with a dict for each direction."""
    with link.context.Manager() as manager:
        there = manager.dict(), link.context.Semaphore(0)
        back = manager.dict(), link.context.Semaphore(0)
        yield (_sender(*there), _receiver(*back)), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield _sender(*back), _receiver(*there)


def _sender(messages: DictProxy[int, Any], arrived: Semaphore) -> Callable[[Any], None]:
    numbers = count()

    def send(message: Any) -> None:
        messages[next(numbers)] = message
        arrived.release()

    return send


def _receiver(messages: DictProxy[int, Any], arrived: Semaphore) -> Callable[[], Any]:
    numbers = count()

    def receive() -> Any:
        arrived.acquire()
        return messages.pop(next(numbers))

    return receive
