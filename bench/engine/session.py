"""Run a program in a session of its own, and leave nothing of it behind.

A program that makes workers can end without ending them: pyperf's own time-out, a crash and a signal all leave
orphans. So each program leads a new session, whose number is the leader's process id; whatever carries that number
belongs to it, however deep in the tree and whoever its parent is now. Whoever leaves the session is handed to this
process once its parent is gone, and found by that.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.core.signals import ASKING, noted
from bench.engine.session_name import token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_GRACE_S = 1.0  # for helpers that end by themselves once their pipe closes: resource tracker, fork server, managers
_TERM_S = 0.5  # between the polite and the hard signal; lets a resource tracker unlink what it knows of
_TRACKER_S = 2.0  # for a resource tracker alone, once the others have gone
_KILL_S = 5.0  # how long the hard signal is repeated; only a process that waits for a device withstands it
_POLL_S = 0.005
_CLOCK_S = 0.1  # how far the clock of files may lag behind; a session needs longer until it makes anything
_TASKS = Path("/proc/self/task")  # one folder for each thread of this process
_SHM = Path("/dev/shm")  # where Linux keeps POSIX shared memory and semaphores

_OURS = "primebench-"  # with the number of another session behind it, if that one made it

_owner: list[int] = []  # a descriptor on which this process is told to end, and at whose end nobody is left to tell


class OwnerGone(BaseException):
    """Nobody waits for this work any more: whatever was started is to be ended, and nothing else is to be done."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ended.

    Attributes:
        code: exit code of the leader; negative is the number of a signal; None when the deadline ended it.
        survivors: what was still alive after the leader had ended by itself, one line each.
        segments: shared memory and semaphores of the session that nobody had unlinked.
    """

    code: int | None
    survivors: tuple[str, ...]
    segments: tuple[str, ...]


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    stdout: Path,
    stderr: Path,
    timeout_s: float,
    on_start: Callable[[int], None] = lambda _pid: None,
    cwd: Path | None = None,
) -> Ending:
    """Run a command in its own session and end whatever of it is left.

    Output goes to files, because a captured pipe stays open for as long as any orphan lives.
    Whatever interrupts the caller (KeyboardInterrupt and `OwnerGone` included) ends the session before it is raised
    again.
    """
    become_subreaper()
    ours = _children()
    began = time.time()
    leader: subprocess.Popen[bytes] | None = None
    try:
        # A signal that came while the process is made would leave one of which nobody knows; it comes right behind.
        with stdout.open("wb") as out, stderr.open("wb") as err, noted(ASKING):
            leader = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                cwd=cwd,
            )
        on_start(leader.pid)
        code = _wait(leader, timeout_s)
        survivors = _linger(leader.pid, ours) if code is not None else ()
    finally:
        segments = _cleared(leader, ours, began) if leader else ()
    return Ending(code, survivors, segments)


def _cleared(leader: subprocess.Popen[bytes], ours: frozenset[int], began: float) -> tuple[str, ...]:
    """End what is left of the session, and return the segments that it has left."""
    try:
        _end(leader, ours)
    except BaseException:  # a second interrupt: no patience is left
        _signal(_left(leader, ours), signal.SIGKILL)
        leader.wait(_KILL_S)
        unlink_segments(leader.pid, began)
        raise
    return unlink_segments(leader.pid, began)


def serve(owner: int) -> None:
    """Let sessions of this process end as soon as something comes through a connection, or its other end is closed."""
    _owner[:] = [owner]


def wait_for_owner() -> None:
    """Wait until nobody waits for this work any more, and raise `OwnerGone`."""
    while True:
        _watch(None, None)


def _wait(leader: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    end = time.monotonic() + timeout_s
    with _exit_of(leader) as ending:
        while (code := leader.poll()) is None:
            left_s = end - time.monotonic()
            if left_s <= 0:
                return None
            _watch(ending, left_s if ending is not None else min(left_s, _POLL_S))
    return code


@contextlib.contextmanager
def _exit_of(leader: subprocess.Popen[bytes]) -> Iterator[int | None]:
    """Yield a descriptor that becomes readable when the process ends, or None where there is no such thing."""
    try:
        descriptor = os.pidfd_open(leader.pid)
    except (AttributeError, OSError):  # not Linux, or all descriptors are used up
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _watch(ending: int | None, timeout_s: float | None) -> None:
    """Wait for an end, for this time at most; raise `OwnerGone` when nobody waits for this work any more."""
    poll = select.poll()
    for descriptor in _owner if ending is None else (ending, *_owner):
        poll.register(descriptor, select.POLLIN)
    # Rounded up, so that nothing is polled in a hurry just before the deadline.
    found = poll.poll(None if timeout_s is None else int(timeout_s * 1000) + 1)
    if any(descriptor in _owner for descriptor, _ in found):
        raise OwnerGone


def members(session: int, ours: frozenset[int]) -> list[psutil.Process]:
    """Return the living processes and the zombies of a session.

    Args:
        session: its number.
        ours: children that this process had before. Any other is an orphan that was handed to us, and belongs to the
            session even when it has begun a session of its own.
    """
    handed = _children() - ours
    found = []
    for pid in handed.union(psutil.pids()):
        with contextlib.suppress(OSError, psutil.NoSuchProcess):
            if pid in handed or os.getsid(pid) == session:
                found.append(psutil.Process(pid))
    return found


def _children() -> frozenset[int]:
    try:
        lists = [(task / "children").read_text(encoding="ascii") for task in _TASKS.iterdir()]
    except OSError:  # not Linux, or one whose kernel does not list them: look at each process of the machine
        return frozenset(child.pid for child in psutil.Process().children())
    # proc(5): a child that is collected meanwhile may hide another; only this process collects its children.
    return frozenset(int(pid) for text in lists for pid in text.split())


def _linger(session: int, ours: frozenset[int]) -> tuple[str, ...]:
    """Return a line for each process that outlives the leader for longer than the grace time."""
    end = time.monotonic() + _GRACE_S
    while alive := _alive(session, ours):
        if time.monotonic() > end:
            return tuple(map(_describe, alive))
        _watch(None, _POLL_S)
    return ()


def _alive(session: int, ours: frozenset[int]) -> list[psutil.Process]:
    return [process for process in members(session, ours) if not _reaped(process, session)]


def _describe(process: psutil.Process) -> str:
    try:
        return f"{process.name()} ({process.status()})"
    except psutil.NoSuchProcess:
        return "a process that has just ended"


def _end(leader: subprocess.Popen[bytes], ours: frozenset[int]) -> None:
    """End the session: politely, so that helpers can clean up, and then whatever is left, as often as it takes."""
    left = _left(leader, ours)
    _signal(left, signal.SIGTERM)
    patience = time.monotonic() + _TERM_S
    while left and time.monotonic() < patience:
        time.sleep(_POLL_S)
        left = _left(leader, ours)
    give_up = time.monotonic() + _KILL_S
    while left and time.monotonic() < give_up:
        if others := [process for process in left if not _tracks(process)]:
            patience = time.monotonic() + _TRACKER_S
        # Once all others have gone, a tracker removes what they have left, and ends.
        _signal(left if time.monotonic() > patience else others, signal.SIGKILL)
        time.sleep(_POLL_S)
        left = _left(leader, ours)


def _tracks(process: psutil.Process) -> bool:
    """Say whether it is a resource tracker, that of multiprocessing or of loky."""
    with contextlib.suppress(psutil.Error):
        return "resource_tracker" in " ".join(process.cmdline())
    return False


def _left(leader: subprocess.Popen[bytes], ours: frozenset[int]) -> list[psutil.Process]:
    leader.poll()
    return _alive(leader.pid, ours)


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def _reaped(process: psutil.Process, session: int | None = None) -> bool:
    """Collect a zombie that was handed to this process; the leader is Popen's affair, others are their parents'."""
    with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
        zombie = process.status() == psutil.STATUS_ZOMBIE
        if zombie and process.pid != session and process.ppid() == os.getpid():
            return os.waitpid(process.pid, os.WNOHANG)[0] == process.pid
        return False
    return True


def unlink_segments(session: int, began: float) -> tuple[str, ...]:
    """Remove what a session has left in shared memory, and return the names.

    Args:
        session: its number.
        began: when it did, by the clock of `time.time`. A session of the same number may have left older ones, and
            another user may have made one of a fitting name: those are not ours.
    """
    if not _SHM.is_dir():
        return ()
    left = sorted(path for path in _SHM.iterdir() if _is_of(path, session, began))
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return tuple(path.name for path in left)


def _is_of(path: Path, session: int, began: float) -> bool:
    # Libraries that make segments, semaphores and folders of their own put into the name whose process made them, and
    # the session's number is that of the process that measures: sem.loky-12-abc, joblib_memmapping_folder_12_abc.
    named_after = re.search(rf"(?:^|[-_.]){session}(?:[-_.]|$)", path.name)
    if not named_after or (_OURS in path.name and token(session) not in path.name):
        return False
    try:
        found = path.lstat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and found.st_ctime >= began - _CLOCK_S


# --- what a process leaves that was killed while it looked after a session -------------------------------------------


def descendants(pid: int) -> list[psutil.Process]:
    """Return all processes below one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def carrying(folder: Path) -> list[psutil.Process]:
    """Return the living processes that have this folder as TMPDIR in the environment that they were started with."""
    return [process for process in psutil.process_iter() if _carries(process, str(folder))]


def _carries(process: psutil.Process, folder: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):  # it has ended, or belongs to somebody else
        return process.environ().get("TMPDIR") == folder and process.status() != psutil.STATUS_ZOMBIE
    return False


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes with the signal that nobody survives."""
    _signal(processes, signal.SIGKILL)


def not_ended(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Collect the zombies among processes that were handed to this one, and return those that are still there.

    A process that was killed is still there until the kernel has given back its memory.
    """
    return [process for process in processes if not _reaped(process)]


def become_subreaper() -> None:
    """Have orphans of our descendants handed to this process, so that none of them stays a zombie (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        pr_set_child_subreaper = 36  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)
