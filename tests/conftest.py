"""What holds for every test: nothing is left behind, and nothing hangs for ever."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from multiprocessing import forkserver, resource_tracker, util
from pathlib import Path

import hypothesis
import psutil
import pytest

from bench.core.signals import ASKING
from bench.engine import session
from tests.support.segments import orphaned

_SHM = Path("/dev/shm")
_OURS = "primebench-"  # how names of temp folders, shared memory and semaphores begin
_PATIENCE_S = 20.0  # what a test may take to end what it started, before it is blamed
_OTHERS_S = 25.0  # longer, for what does not tell who made it
_HANG_S = 240  # far above any honest test; a hanging one shows where it hangs


# A busy machine is no fault of what is tested; a test that does not end is interrupted below.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")
session._GRACE_S = 5.0


def pytest_configure(config):
    """Give each worker of pytest-xdist a session of its own, because names in /dev/shm tell the session.

    Signals that ask for the end are heard again: nohup, and a shell that starts something in the background, let what
    they start ignore them, and all below it.
    """
    for number in ASKING:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if hasattr(config, "workerinput"):
        with contextlib.suppress(OSError):
            os.setsid()
    session.become_subreaper()  # orphans come to us, where they are seen


@pytest.fixture(scope="session", autouse=True)
def own_temp_folder():
    """Let temp files go where no other test run writes; the path is short, because sockets are made in it."""
    folder = Path(tempfile.mkdtemp(prefix="pb-tests-"))
    # Only behind multiprocessing (-100), which removes its own folder in this one when Python ends.
    util.Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=-200)
    before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(folder)
    tempfile.tempdir = None
    yield folder
    tempfile.tempdir = None
    if before is None:
        del os.environ["TMPDIR"]
    else:
        os.environ["TMPDIR"] = before


@pytest.fixture(autouse=True)
def nothing_left(own_temp_folder):
    """Fail a test that leaves a child process, something in /dev/shm that nobody holds, or a temp folder of ours."""
    before, began = _children() | set(_named()) | set(_folders(own_temp_folder)), time.time()
    yield
    end = time.monotonic() + _PATIENCE_S
    while left := [*_children(), *_segments(), *_orphans(began), *_folders(own_temp_folder)]:
        left = [thing for thing in left if thing not in before]
        if not left:
            return
        # Others that test at the same time kill processes as well, and what these held takes its time to go.
        patience_s = _OTHERS_S if all(map(_is_nameless, left)) else 0.0
        if time.monotonic() > end + patience_s:
            pytest.fail(f"left behind: {', '.join(map(_describe, left))}")
        _reap()
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def no_hanging():
    """Interrupt a test that hangs, so that the rest can go on."""

    def interrupt(_signal, _frame):
        raise TimeoutError(f"the test did not end within {_HANG_S} s.")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(_HANG_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _reap() -> None:
    """Collect children that have ended, orphans that were handed to us included: elsewhere the system's init does."""
    gc.collect()  # from Python 3.14 on a lock is part of a cycle, and its semaphore there until that is found
    multiprocessing.active_children()
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)


def _children() -> set[int]:
    """Our children, without the two servants of multiprocessing that stay for good."""
    found = {process.pid for process in psutil.Process().children()}
    servants = (resource_tracker._resource_tracker._pid, forkserver._forkserver._forkserver_pid)
    return found - set(servants)


def _named() -> list[str]:
    """Entries in /dev/shm under names of ours, those of other sessions included, which may end at any time."""
    return [name for name in os.listdir(_SHM) if _OURS in name] if _SHM.is_dir() else []


def _segments() -> list[str]:
    """Entries of ours in /dev/shm, but for those of other sessions that still live."""
    return [name for name in _named() if not _lives_elsewhere(name)]


def _orphans(began: float) -> list[str]:
    """What was left in /dev/shm under other names: of a library, or drawn at random."""
    return [name for name in orphaned(began) if _OURS not in name]


def _is_nameless(thing: int | str | Path) -> bool:
    return isinstance(thing, str) and _OURS not in thing


def _lives_elsewhere(name: str) -> bool:
    session = name.partition(_OURS)[2].partition("-")[0]
    return session.isdecimal() and int(session) != os.getsid(0) and psutil.pid_exists(int(session))


def _folders(parent: Path) -> list[Path]:
    return [Path(entry.path) for entry in os.scandir(parent) if entry.name.startswith(_OURS)]


def _describe(thing: int | str | Path) -> str:
    if not isinstance(thing, int):
        return str(thing)
    try:
        process = psutil.Process(thing)
        return f"process {thing} ({process.status()}: {' '.join(process.cmdline()) or process.name()})"
    except psutil.NoSuchProcess:
        return f"process {thing}"
