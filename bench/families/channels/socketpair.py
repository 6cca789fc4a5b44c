"""socket.socketpair with send and recv: the floor of what goes both ways over one pair."""

from __future__ import annotations

from contextlib import contextmanager
from socket import socketpair

from bench.families.channels._framing import framed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "bytes"
SMALL_S = 8e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make the pair."""
    near, far = socketpair()
    with near, far:
        yield framed(near.send, near.recv, link.frame_bytes), (far, link.frame_bytes)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other end."""
    far, frame_bytes = handles
    with far:
        yield framed(far.send, far.recv, frame_bytes)
