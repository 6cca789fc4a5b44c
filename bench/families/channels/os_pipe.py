"""os.read and os.write on pipes of the operating system: the floor, without a Connection around it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from os import read, write

from bench.families.channels._framing import framed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.families.channels._role import Link, Side

CARRIES = "bytes"
SMALL_S = 8e-6


@contextmanager
def open_near(link: Link) -> Iterator[tuple[Side, tuple[Any, ...]]]:
    """Make a pipe for each direction.

    Pipe(duplex=False) wraps the same pipe. It is used here because it travels to a process of any start method.
    """
    there_reader, there_writer = link.context.Pipe(duplex=False)
    back_reader, back_writer = link.context.Pipe(duplex=False)
    with there_reader, there_writer, back_reader, back_writer:
        side = _side(there_writer, back_reader, link.frame_bytes)
        yield side, (there_reader, back_writer, link.frame_bytes)


@contextmanager
def open_far(handles: tuple[Any, ...]) -> Iterator[Side]:
    """Take up the other ends."""
    reader, writer, frame_bytes = handles
    yield _side(writer, reader, frame_bytes)


def _side(writer: Connection, reader: Connection, frame_bytes: int | None) -> Side:
    return framed(partial(write, writer.fileno()), partial(read, reader.fileno()), frame_bytes)
