"""Standard streams that may be closed, lose their reader or know few characters: what they miss is dropped, no more."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from typing import TYPE_CHECKING

from bench.core import descriptor
from bench.core.errors import OutputFailed

if TYPE_CHECKING:
    from typing import Any, TextIO


_IN, _OUT, _ERR = 0, 1, 2  # the descriptors
_PLAINER = "primebench-plainer"  # the error handler for characters that an encoding lacks
_PLAIN = {"µ": "u", "└": "`", "─": "-"}


def endure() -> None:
    """Replace stdout and stderr by streams that never raise `BrokenPipeError`; call it once, first of all.

    So the exit code tells what the command found, whoever listens. To end by SIGPIPE instead would lose a record when
    the reader of its progress leaves; and worker processes would inherit it. Nor is it an error that a terminal has
    been closed, or that the shell has closed a stream: its number is occupied, because the next file to be opened
    would get it, and all that is said would go there.

    What has other characters than the encoding of a stream is written with plainer ones, ``us`` for microseconds.

    Where stdout cannot be written for another reason, such as a full disk, its `write` raises `OutputFailed`. Nothing
    is raised for stderr, which is only talk.
    """
    _occupy(_IN)
    codecs.register_error(_PLAINER, _plainer)
    sys.stdout, sys.stderr = _enduring(sys.stdout, _OUT), _enduring(sys.stderr, _ERR)


def _occupy(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)  # the lowest free number, in most cases this one
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        os.set_inheritable(number, True)


def _enduring(stream: TextIO | None, number: int) -> TextIO:
    if stream is None:  # closed when this process began
        _occupy(number)
        return io.TextIOWrapper(io.BufferedWriter(_Descriptor(number, "w", closefd=False)), "utf-8", "replace")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = io.BufferedWriter(_Descriptor(stream.fileno(), "w", closefd=False))
    knows_all = codecs.lookup(stream.encoding).name.startswith("utf")
    errors = stream.errors if knows_all else _PLAINER
    return io.TextIOWrapper(raw, stream.encoding, errors, line_buffering=stream.line_buffering)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


class _Descriptor(io.FileIO):
    def __init__(self, file: int, mode: str, *, closefd: bool) -> None:
        super().__init__(file, mode, closefd=closefd)
        self._terminal = self.isatty()  # now: one that has been closed says no

    def write(self, data: Any, /) -> int:
        try:
            return descriptor.write(self.fileno(), data)
        except OSError as error:
            # What is still buffered must not fail again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            closed = isinstance(error, BrokenPipeError) or (error.errno == errno.EIO and self._terminal)
            if closed or self.fileno() == _ERR:
                return memoryview(data).nbytes
            raise OutputFailed(f"standard output cannot be written: {error.strerror or error}.") from error
