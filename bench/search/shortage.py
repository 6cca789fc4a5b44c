"""What a search ran out of, in words that name the limit."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from bench.core.limits import SHM, limits, soft_limit
from bench.core.units import format_bytes
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_LOADED = ("failed to map segment", "annot allocate memory")  # how the loader of libraries says it
_NO_THREAD = "can't start new thread"  # what RuntimeError says where a system call would say EAGAIN


def describe(error: BaseException) -> str:
    """Return what was lacking and what to do, or the error's own words where it is none of this system's limits."""
    return named(error) or f"{said(error)}."


def of_library(error: BaseException) -> str | None:
    """Return what was lacking where a library could not be loaded for want of memory; None for any other error."""
    lacks = any(map(_is_of_loader, _chain(error))) or isinstance(error.__cause__, MemoryError)
    return _in_words(MemoryError()) if lacks else None


def named(error: BaseException) -> str | None:
    """Return what was lacking and what to do; None where the error is none of this system's limits."""
    return next(filter(None, map(_in_words, _chain(error))), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _in_words(error: BaseException) -> str | None:
    number = _number(error)
    if number in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOSYS):
        return _shared_memory(error, number)
    known = {
        errno.ENOMEM: (
            f"there is not enough memory{_allowed('RLIMIT_AS', 'ulimit -v', in_bytes=True)}; take fewer --workers, or "
            "make more memory available."
        ),
        errno.EAGAIN: (
            f"no further process or thread can be started{_allowed('RLIMIT_NPROC', 'ulimit -u')}; take fewer "
            "--workers, or raise the limit."
        ),
        errno.EMFILE: (
            f"no further file can be opened{_allowed('RLIMIT_NOFILE', 'ulimit -n')}; take fewer --workers, or raise "
            "the limit."
        ),
        errno.EFBIG: (
            f"shared memory is a file, and none may be so large{_allowed('RLIMIT_FSIZE', 'ulimit -f', in_bytes=True)}; "
            "raise the limit, or choose --backend process-pipe."
        ),
    }
    return None if number is None else known.get(number)


def _is_of_loader(error: BaseException) -> bool:
    """Say whether the loader of libraries has found no memory."""
    return any(words in str(error) for words in _NOT_LOADED)


def _number(error: BaseException) -> int | None:
    if isinstance(error, MemoryError) or _is_of_loader(error):
        return errno.ENOMEM
    if isinstance(error, RuntimeError) and _NO_THREAD in str(error):  # each takes some MiB of address space
        return errno.EAGAIN if soft_limit("RLIMIT_AS") is None else errno.ENOMEM
    return error.errno if isinstance(error, OSError) else None


def _allowed(name: str, command: str, *, in_bytes: bool = False) -> str:
    limit = soft_limit(name)
    if limit is None:
        return ""
    return f" ({command} allows {format_bytes(limit) if in_bytes else limit})"


def _shared_memory(error: BaseException, number: int) -> str | None:
    """Describe an error about shared memory or a lock, which unlike other files are named without a folder."""
    name = getattr(error, "filename", None)
    if name is not None and str(name).count("/") != 1:
        return None
    free = limits()["shm_free_bytes"]
    if number == errno.ENOSPC:
        state = "is full" if free is None else f"has only {format_bytes(free)} free"
        return f"{SHM}, where shared memory and locks lie, {state}; make room, or choose --backend process-pipe."
    return (
        f"{SHM}, where shared memory and locks lie, cannot be written ({os.strerror(number)}); make it writable, or "
        "choose --backend process-pipe."
    )
