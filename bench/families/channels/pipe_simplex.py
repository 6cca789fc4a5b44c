"""multiprocessing.Pipe(duplex=False), one for each direction: a pipe of the operating system."""

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
    """Make a pipe for each direction."""
    there_reader, there_writer = link.context.Pipe(duplex=False)
    back_reader, back_writer = link.context.Pipe(duplex=False)
    with there_reader, there_writer, back_reader, back_writer:
        yield (there_writer.send_bytes, back_reader.recv_bytes), (there_reader, back_writer)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    reader, writer = handles
    yield writer.send_bytes, reader.recv_bytes
