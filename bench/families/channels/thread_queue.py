"""queue.Queue between two threads of one process: the yardstick, since nothing is pickled or copied."""

from __future__ import annotations

from contextlib import contextmanager
from queue import Queue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "references"
PEER = "thread"
SMALL_S = 5e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a queue for each direction."""
    there: Queue[Any] = Queue()
    back: Queue[Any] = Queue()
    yield (there.put, back.get), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield back.put, there.get
