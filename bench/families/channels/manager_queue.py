"""A queue in a server process (multiprocessing.Manager), reached over a local socket."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 100e-6  # two requests, two answers, and a thread of the server for each side


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Start the server with a queue for each direction."""
    with link.context.Manager() as manager:
        there, back = manager.Queue(), manager.Queue()
        yield (there.put, back.get), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield back.put, there.get
