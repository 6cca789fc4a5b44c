"""multiprocessing.Queue: a feeder thread pickles into a locked pipe."""

from __future__ import annotations

from contextlib import contextmanager

from bench.families.channels._feeders import closing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "objects"
SMALL_S = 20e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a queue for each direction."""
    there, back = link.context.Queue(), link.context.Queue()
    with closing(there, back):
        yield (there.put, back.get), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield back.put, there.get
