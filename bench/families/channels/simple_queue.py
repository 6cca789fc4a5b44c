"""multiprocessing.SimpleQueue: a locked pipe and no feeder thread; put returns when the pipe has taken it."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 12e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a queue for each direction."""
    there, back = link.context.SimpleQueue(), link.context.SimpleQueue()
    try:
        yield (there.put, back.get), (there, back)
    finally:
        there.close()
        back.close()


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield back.put, there.get
