"""multiprocessing.shared_memory: a ring of places in one block, filled and emptied in turn."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import cycle
from multiprocessing.shared_memory import SharedMemory

from bench.families.channels._cell import reader, turns, writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from bench.families.channels._cell import Turns
    from bench.families.channels._role import Link, Side

CARRIES = "bytes"
SMALL_S = 10e-6

_HEADER_BYTES = 8  # in front of each message: its length
_RING_BYTES = 2**20
"""What a ring is meant to hold. More places let the writer run ahead further; more bytes than the CPU's second cache
send every message through memory. With 1 MiB both sides stay busy up to 16 KiB a message."""
_MOST_PLACES = 64
_WAYS = ("there", "back")
_FOLDER = "/dev/shm"  # where Linux keeps shared memory


def refuse(link: Link) -> str | None:
    """Refuse what the system's shared memory has no room for: writing beyond it would kill the process (SIGBUS)."""
    from os import statvfs

    try:
        room = statvfs(_FOLDER)
    except FileNotFoundError:
        return None
    free, needed = room.f_bavail * room.f_frsize, 2 * _places(link) * _place_bytes(link)
    if needed > free:
        return f"shared-memory needs {needed} bytes in {_FOLDER} for this size, and {free} are free."
    return None


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a ring for each direction, and unlink both on leaving."""
    segments: list[SharedMemory] = []
    places, place_bytes = _places(link), _place_bytes(link)
    try:
        segments += (SharedMemory(link.shared_name(way), create=True, size=places * place_bytes) for way in _WAYS)
        there, back = ((segment, turns(link.context, places), places, place_bytes) for segment in segments)
        yield (_sender(*there), _receiver(*back)), (there, back)
    finally:
        for segment in segments:
            segment.close()
            segment.unlink()


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Attach to both rings."""
    there, back = handles
    try:
        yield _sender(*back), _receiver(*there)
    finally:
        there[0].close()
        back[0].close()


def _place_bytes(link: Link) -> int:
    return _HEADER_BYTES + link.capacity_bytes


def _places(link: Link) -> int:
    return max(2, min(_MOST_PLACES, _RING_BYTES // _place_bytes(link)))


def _sender(segment: SharedMemory, gates: Turns, places: int, place_bytes: int) -> Callable[[Any], None]:
    view: memoryview[int] = segment.buf  # type: ignore[assignment]  # None only once it is closed
    starts = cycle(range(0, places * place_bytes, place_bytes))

    def write(message: bytes | memoryview) -> None:
        start = next(starts)
        data = start + _HEADER_BYTES
        view[start:data] = len(message).to_bytes(_HEADER_BYTES, "little")
        view[data : data + len(message)] = message

    return writer(write, gates)


def _receiver(segment: SharedMemory, gates: Turns, places: int, place_bytes: int) -> Callable[[], Any]:
    view: memoryview[int] = segment.buf  # type: ignore[assignment]  # None only once it is closed
    starts = cycle(range(0, places * place_bytes, place_bytes))

    def read() -> bytes:
        start = next(starts)
        data = start + _HEADER_BYTES
        return bytes(view[data : data + int.from_bytes(view[start:data], "little")])

    return reader(read, gates)
