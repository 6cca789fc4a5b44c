"""Writing to a descriptor that somebody may have made non-blocking: a pipe or a terminal that others share."""

from __future__ import annotations

import os


def write(descriptor: int, data: bytes | memoryview) -> int:
    """Write like `os.write`, and return how many bytes; where nothing can be taken yet, wait until something can."""
    while True:
        try:
            return os.write(descriptor, data)
        except BlockingIOError:
            import select  # which hardly any command needs

            select.select([], [descriptor], [])


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write to the last byte."""
    rest = memoryview(data)
    while rest:
        rest = rest[write(descriptor, rest) :]
