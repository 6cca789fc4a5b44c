"""Standard streams whose reader may leave early, as ``head`` does: the rest is dropped, and the command goes on."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from bench.core.errors import OutputFailed

if TYPE_CHECKING:
    from typing import Any, TextIO


_ERR = 2  # the descriptor of stderr


def endure() -> None:
    """Replace stdout and stderr by streams that never raise `BrokenPipeError`; call it once, first of all.

    So the exit code tells what the command found, whoever listens. To end by SIGPIPE instead would lose a record when
    the reader of its progress leaves; and worker processes would inherit it.

    Where stdout cannot be written for another reason, such as a full disk, its `write` raises `OutputFailed`. Nothing
    is raised for stderr, which is only talk.
    """
    sys.stdout, sys.stderr = _enduring(sys.stdout), _enduring(sys.stderr)


def _enduring(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper):  # None, where the shell has closed it
        return stream
    raw = io.BufferedWriter(_Descriptor(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=stream.line_buffering)


class _Descriptor(io.FileIO):
    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            # What is still buffered must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if isinstance(error, BrokenPipeError) or self.fileno() == _ERR:
                return memoryview(data).nbytes
            raise OutputFailed(f"standard output cannot be written: {error.strerror or error}.") from error
