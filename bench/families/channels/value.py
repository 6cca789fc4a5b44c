"""multiprocessing.Value: one 64-bit number with a lock; carries 8 bytes, no more."""

from __future__ import annotations

from contextlib import contextmanager

from bench.families.channels._cell import reader, turns, writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._cell import Turns
    from bench.families.channels._role import Link, Side

CARRIES = "bytes"
SMALL_S = 12e-6


def refuse(link: Link) -> str | None:
    """Refuse what does not fit into one number."""
    if link.frame_bytes is None:
        return "value carries one bare number, without a codec; use --codec raw."
    if link.frame_bytes > 8:
        return f"value carries 8 bytes, not {link.frame_bytes}; use --size 8, or array."
    return None


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a value for each direction."""
    there, back = ((link.context.Value("Q", 0), turns(link.context)) for _ in range(2))
    yield _side(there, back, link.size_bytes), (there, back, link.size_bytes)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back, size = handles
    yield _side(back, there, size)


def _side(out: tuple[Any, Turns], into: tuple[Any, Turns], size: int) -> Side:
    ours, theirs = out[0], into[0]

    def write(message: bytes) -> None:
        ours.value = int.from_bytes(message, "little")

    def read() -> bytes:
        number: int = theirs.value
        return number.to_bytes(size, "little")

    return writer(write, out[1]), reader(read, into[1])
