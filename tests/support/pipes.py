"""A pipe that takes nothing until somebody waits for it."""

from __future__ import annotations

import os
import select
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class FullPipe:
    """The writing end, and what was read behind that with which the pipe was filled."""

    writing: int
    found: bytearray = field(default_factory=bytearray)


@contextmanager
def full_pipe() -> Iterator[FullPipe]:
    """Make a full pipe that does not block; all in it is read whenever somebody waits for a descriptor, and at last."""
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    left = os.write(writing, bytes(1 << 20))
    pipe = FullPipe(writing)
    truly = select.select

    def read() -> None:
        nonlocal left
        data = os.read(reading, 1 << 20)
        pipe.found += data[left:]
        left -= min(left, len(data))

    def wait(*descriptors: Any) -> Any:
        read()
        return truly(*descriptors)

    with mock.patch("select.select", wait):
        yield pipe
    read()
    for end in (reading, writing):
        os.close(end)
