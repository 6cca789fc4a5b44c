"""multiprocessing.sharedctypes: a ctypes Structure of a length and 64 KiB of data, with a lock."""

from __future__ import annotations

from contextlib import contextmanager
from ctypes import Structure, c_ubyte, c_uint32

from bench.families.channels._cell import reader, turns, writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from bench.families.channels._cell import Turns
    from bench.families.channels._role import Link, Side

CARRIES = "bytes"
SMALL_S = 20e-6

_MOST_BYTES = 2**16  # a Structure has a fixed size, and its class must have a name that the peer can import


class Letter(Structure):
    """A message as the two sides share it."""

    _fields_ = (("length", c_uint32), ("data", c_ubyte * _MOST_BYTES))


def refuse(link: Link) -> str | None:
    """Refuse what does not fit into the Structure."""
    if link.capacity_bytes > _MOST_BYTES:
        return (
            f"the Structure of sharedctypes has room for {_MOST_BYTES} bytes, and these messages may need "
            f"{link.capacity_bytes}; use smaller ones, or array."
        )
    return None


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a Structure for each direction."""
    there, back = ((link.context.Value(Letter), turns(link.context)) for _ in range(2))
    yield _side(there, back), (there, back)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    there, back = handles
    yield _side(back, there)


def _side(out: tuple[Any, Turns], into: tuple[Any, Turns]) -> Side:
    ours, theirs = out[0], into[0]

    def write(message: bytes | memoryview) -> None:
        with ours.get_lock():
            ours.length = len(message)
            memoryview(ours.data).cast("B")[: len(message)] = message

    def read() -> bytes:
        with theirs.get_lock():
            return bytes(memoryview(theirs.data).cast("B")[: theirs.length])

    return writer(write, out[1]), reader(read, into[1])
