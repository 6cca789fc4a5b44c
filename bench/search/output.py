"""A file, or standard output, that holds a complete prefix of the answer at any time."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core import catalog
from bench.core.descriptor import write_all
from bench.core.errors import OutputFailed, UnknownName, UsageError, reason
from bench.search import resuming

if TYPE_CHECKING:
    from types import ModuleType

    from bench.search.numbers import Numbers

FORMATS = "bench.search.formats"
_CONTRACT = ("head", "is_head", "check_claim", "encode", "numbers", "whole", "skip", "check_rest")
STDOUT = 1  # the descriptor; sys.stdout would buffer what must be known to have arrived
_STDOUT_PATHS = ("/dev/stdout", f"/dev/fd/{STDOUT}", f"/proc/self/fd/{STDOUT}")


class Output:
    """Takes primes in ascending order.

    Attributes:
        count: primes written, including those that were found before the search was resumed.
        complete_to: every prime below it is written.
        regular: whether it is a file that can be cut and resumed, not a pipe or a device.
        made: whether there was no such file before.
        begun: whether anything in it may have been changed.
    """

    def __init__(self, descriptor: int, name: str, form: Any, lo: int) -> None:
        """Write in the format ``form`` to an open descriptor; ``name`` is for messages."""
        self.descriptor, self.name, self.form = descriptor, name, form
        self.regular = descriptor != STDOUT and stat.S_ISREG(os.fstat(descriptor).st_mode)
        self.count, self.complete_to = 0, lo
        self.made = self.begun = False
        self._offset = 0  # where the complete part ends

    def begin(self) -> None:
        """Get ready to write: cut a regular file behind what was taken up, or empty it; raise like `write`."""
        self.begun = True
        try:
            if self.regular:
                os.ftruncate(self.descriptor, self._offset)
                os.lseek(self.descriptor, self._offset, os.SEEK_SET)
            if self.count:
                self._update_head()
            else:
                self._append(self.form.head(0))
        except OSError as error:
            self._fail(error)

    def take_up(self, offset: int, count: int, complete_to: int) -> None:
        """Take note that the first ``offset`` bytes of a regular file are complete; nothing is changed yet."""
        self._offset, self.count, self.complete_to = offset, count, complete_to

    def write(self, primes: Numbers, complete_to: int) -> None:
        """Append primes, after which every prime below ``complete_to`` is written.

        Raises:
            BrokenPipeError: whoever read standard output has gone.
            OutputFailed: the disk is full or fails; what was complete before is kept.
        """
        try:
            self._append(self.form.encode(primes))
            self.count += len(primes)
            self.complete_to = complete_to
            self._update_head()
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Close the file."""
        if self.descriptor != STDOUT:
            os.close(self.descriptor)

    def withdraw(self) -> None:
        """Remove a file that was made for this search and holds no prime, so that nobody takes it for a result."""
        with suppress(OSError):
            if self.made and not self.count:
                Path(os.path.realpath(self.name)).unlink()  # somebody's link is to stay

    def _append(self, data: bytes) -> None:
        write_all(self.descriptor, data)
        self._offset += len(data)

    def _update_head(self) -> None:
        # After the numbers: a file that ends early would not load, one with more numbers than its head says does.
        if self.regular and (head := self.form.head(self.count)) != self.form.head(0):
            os.pwrite(self.descriptor, head, 0)

    def _fail(self, error: OSError) -> None:
        if isinstance(error, BrokenPipeError):
            raise error
        with suppress(OSError):
            if self.regular:
                os.ftruncate(self.descriptor, self._offset)
        raise OutputFailed(f"{self.name} cannot be written: {error.strerror or error}.") from error


class Comparison:
    """Takes the primes that a file should hold, as an `Output` does, and compares."""

    def __init__(self, output: Output) -> None:
        """Compare from the beginning of a regular file."""
        self._output = output
        self._at = len(output.form.head(0))
        self._count = 0

    def write(self, primes: Numbers, complete_to: int) -> None:
        """Compare the next primes; `UsageError` where the file holds others."""
        form, expected = self._output.form, self._output.form.encode(primes)
        found = os.pread(self._output.descriptor, len(expected), self._at)
        if found != expected:
            pairs = enumerate(zip(found, expected, strict=False))
            alike = next((at for at, (one, other) in pairs if one != other), len(found))
            at = len(form.numbers(expected[: form.whole(expected[:alike])]))
            raise _refusal(self._output.name, f"its number {self._count + at + 1} is not {primes[at]}")
        self._at += len(expected)
        self._count += len(primes)


def _refusal(name: str, why: str) -> UsageError:
    return UsageError(f"{name} is no output of this search: {why}; name another file.")


def place_of(path: Path) -> Path:
    """Return ``-`` in place of another name for standard output, which the answer would follow there."""
    if str(path) in _STDOUT_PATHS:
        return Path("-")
    try:
        there, stdout = path.stat(), os.fstat(STDOUT)
    except (OSError, ValueError):
        return path
    mixes = stat.S_ISFIFO(there.st_mode) or os.isatty(STDOUT)  # what else is no file, as /dev/null, may take both
    return Path("-") if mixes and os.path.samestat(there, stdout) else path


def is_stream(path: Path) -> bool:
    """Say whether it is a pipe or a device, which takes what is written and holds nothing to overwrite."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def form_of(name: str) -> ModuleType:
    """Return the format for the file ``name``, by its suffix; ``-``, pipes and devices get text.

    Raises:
        UsageError: there is no such format.
    """
    path = Path(name)
    suffix = path.suffix.removeprefix(".").lower()
    if name == "-" or (not suffix and is_stream(path)):
        suffix = "txt"
    known = catalog.names(FORMATS)
    if suffix not in known:
        endings = ", ".join(f".{ending}" for ending in known)
        if not suffix:
            raise UsageError(
                f"{name} has no ending that tells the format; end its name in one of {endings}, or write -."
            )
        raise UnknownName("format", suffix, known, f"The name of the output ends in one of {endings}, or is -.")
    return catalog.load(FORMATS, suffix, needs=_CONTRACT)


def open_stdout(lo: int) -> Output:
    """Return standard output for the primes from ``lo`` on."""
    return Output(STDOUT, "standard output", form_of("-"), lo)


def open_file(path: Path, lo: int, hi: int, *, resume: bool) -> Output:
    """Open a file for the primes of ``[lo, hi)``, with ``resume`` taken up behind its last whole number.

    What it holds is left as it is until it is begun.

    Raises:
        UsageError: the file to resume does not hold what the output of this search can (see `resuming`).
        OutputFailed: it cannot be opened.
    """
    form = form_of(str(path))
    # Whoever holds the reading end of a pipe as well never hears that its reader has gone.
    access = os.O_WRONLY if is_stream(path) else os.O_RDWR
    try:
        descriptor, made = _opened(path, access | os.O_CLOEXEC)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be opened: {error.strerror or error}.") from error
    output = Output(descriptor, str(path), form, lo)
    try:
        if output.regular:
            _reserve(descriptor, path)
        output.made = made  # not before it is ours: what another search has opened meanwhile is not to be removed
        kept = resuming.examine(descriptor, form, lo, hi) if resume and output.regular else None
        if kept is not None:
            output.take_up(*kept)
    except BaseException as error:
        output.close()
        output.withdraw()
        if isinstance(error, ValueError):
            raise _refusal(str(path), reason(error)) from error
        raise
    return output


def _opened(path: Path, access: int) -> tuple[int, bool]:
    """Return the descriptor of a file, and whether there was none before."""
    try:
        return os.open(path, access | os.O_CREAT | os.O_EXCL, 0o666), True
    except FileExistsError:  # so is a link, where it leads or not
        made = not os.path.exists(path)
        return os.open(path, access | os.O_CREAT, 0o666), made


def _reserve(descriptor: int, path: Path) -> None:
    """Keep others from writing to this file; `UsageError` where one does already.

    The lock is this process's: workers that outlive it do not hold it.
    """
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):  # others tell that this file system has no locks
            raise UsageError(
                f"another search is writing {path}; wait until it has ended, or name another file."
            ) from None
