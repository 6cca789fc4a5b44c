"""multiprocessing.Array: a block of bytes with a lock, written and read as a whole."""

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
SMALL_S = 15e-6

_HEADER_BYTES = 8  # in front of the message: its length


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make an array for each direction."""
    places = _HEADER_BYTES + link.capacity_bytes
    there, back = ((link.context.Array("B", places), turns(link.context)) for _ in range(2))
    yield _side(there, back), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield _side(back, there)


def _side(out: tuple[Any, Turns], into: tuple[Any, Turns]) -> Side:
    ours, theirs = out[0], into[0]
    # A slice of the array itself is copied number by number; a view of the same memory at once.
    out_view, into_view = (memoryview(array.get_obj()).cast("B") for array in (ours, theirs))

    def write(message: bytes | memoryview) -> None:
        end = _HEADER_BYTES + len(message)
        with ours.get_lock():
            out_view[:_HEADER_BYTES] = len(message).to_bytes(_HEADER_BYTES, "little")
            out_view[_HEADER_BYTES:end] = message

    def read() -> bytes:
        with theirs.get_lock():
            end = _HEADER_BYTES + int.from_bytes(into_view[:_HEADER_BYTES], "little")
            return bytes(into_view[_HEADER_BYTES:end])

    return writer(write, out[1]), reader(read, into[1])
