"""multiprocessing.Pipe, both ways: a pair of connected sockets; send_bytes and recv_bytes, no lock."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "bytes"


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make the pair."""
    near, far = link.context.Pipe()
    with near, far:
        yield (near.send_bytes, near.recv_bytes), (far,)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other end."""
    (far,) = handles
    yield far.send_bytes, far.recv_bytes
