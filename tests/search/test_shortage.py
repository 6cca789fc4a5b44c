"""What a search ran out of, in words."""

from __future__ import annotations

import errno
import os
import resource

import pytest

from bench.search.shortage import describe, of_library


def system_error(number, *path):
    """Return the error that a system call raises."""
    return OSError(number, os.strerror(number), *path)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (system_error(errno.EMFILE), "no further file can be opened"),
        (system_error(errno.EAGAIN), "no further process or thread can be started"),
        (RuntimeError("can't start new thread"), "can"),
        (MemoryError(), "there is not enough memory"),
        (system_error(errno.ENOMEM), "there is not enough memory"),
        (system_error(errno.EFBIG), "shared memory is a file"),
        (system_error(errno.ENOSPC), "/dev/shm, where shared memory and locks lie, "),
        (system_error(errno.EROFS, "/primebench-1-2-3"), "/dev/shm, where shared memory and locks lie, "),
    ],
)
def test_limits_are_named(error, says):
    """Each kind of shortage has its words, and they say what to do."""
    assert says in describe(error)
    assert "; " in describe(error)


def test_the_cause_behind_an_error_counts():
    """A pool of threads that cannot be made fails with an AttributeError while it handles what really happened."""
    error = AttributeError("'DummyProcess' object has no attribute 'terminate'")
    error.__context__ = system_error(errno.EMFILE)
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert f"ulimit -n allows {allowed}" in describe(error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("no."), "ValueError: no."),
        (KeyError(), "KeyError."),
        (
            system_error(errno.ENOENT, "/usr/lib/x"),
            "FileNotFoundError: [Errno 2] No such file or directory: '/usr/lib/x'.",
        ),
    ],
)
def test_anything_else_keeps_its_own_words(error, words):
    """An error that is no limit is told as it is, with one full stop."""
    assert words == describe(error)


def test_only_what_the_loader_says_is_a_library_that_lacks_memory():
    """Another ImportError that came while something else was handled is none."""
    error = ImportError("cannot import name 'x'")
    error.__context__ = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert of_library(error) is None
    assert of_library(OSError(errno.ENOSYS, "Function not implemented")) is None
    assert "there is not enough memory" in of_library(ImportError("libx.so: failed to map segment from shared object"))
