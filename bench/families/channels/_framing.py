"""Messages on a stream of bytes, for channels that have none of their own. Loaded in worker processes.

When both sides know the size of every message, nothing but the message travels, which is the least that can be done.
Otherwise, and for messages of no bytes at all, eight bytes in front tell the size.
"""

from __future__ import annotations

from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.families.channels._role import Side

_HEADER_BYTES = 8
_CHUNK_BYTES = 2**18
"""Read at once, at most. A read allocates what it asks for, so asking for all of a large message again and again costs
more than the system calls it saves; sockets hold 208 KiB by default, pipes 64 KiB."""


def framed(write: Callable[[bytes | memoryview], int], read: Callable[[int], bytes], frame_bytes: int | None) -> Side:
    """Return ``(send, receive)`` over ``write`` and ``read``, which may do less than they are asked for."""
    if frame_bytes:
        return partial(_write_all, write), partial(_read_exactly, read, frame_bytes)

    def send(message: bytes | memoryview) -> None:
        _write_all(write, len(message).to_bytes(_HEADER_BYTES, "little"))
        if message:
            _write_all(write, message)

    def receive() -> bytes:
        size = int.from_bytes(_read_exactly(read, _HEADER_BYTES), "little")
        return _read_exactly(read, size) if size else b""

    return send, receive


def _write_all(write: Callable[[bytes | memoryview], int], data: bytes | memoryview) -> None:
    written = write(data)
    if written < len(data):
        rest = memoryview(data)
        while written < len(rest):
            written += write(rest[written:])


def _read_exactly(read: Callable[[int], bytes], size: int) -> bytes:
    data = read(min(size, _CHUNK_BYTES))
    if len(data) == size:
        return data
    chunks = []
    while data:
        chunks.append(data)
        size -= len(data)
        if not size:
            return b"".join(chunks)
        data = read(min(size, _CHUNK_BYTES))
    raise EOFError("the other side has closed the channel")
