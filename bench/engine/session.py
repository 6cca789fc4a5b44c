"""Running a program in a session of its own, and leaving nothing of it behind.

A program that makes workers can end without ending them: pyperf's own time-out, a crash and a signal all leave
orphans. So each program leads a new session, whose number is the leader's process id; whatever carries that number
belongs to it, however deep in the tree and whoever its parent is now. Whoever leaves the session is handed to this
process once its parent is gone, and found by that.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_GRACE_S = 1.0  # for helpers that end by themselves once their pipe closes: resource tracker, fork server, managers
_TERM_S = 0.5  # between the polite and the hard signal; lets a resource tracker unlink what it knows of
_KILL_S = 5.0  # how long the hard signal is repeated; only a process that waits for a device withstands it
_POLL_S = 0.005
_SHM = Path("/dev/shm")  # where Linux keeps POSIX shared memory and semaphores


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


def token(session: int) -> str:
    """Return the prefix that shared memory and semaphores of a session carry in their name."""
    return f"primebench-{session}-"


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    stdout: Path,
    stderr: Path,
    timeout_s: float,
    on_start: Callable[[int], None] = lambda _pid: None,
) -> Ending:
    """Run a command in its own session and end whatever of it is left.

    Output goes to files, because a captured pipe stays open for as long as any orphan lives.
    Whatever interrupts the caller (KeyboardInterrupt included) ends the session before it is raised again.
    """
    become_subreaper()
    ours = frozenset(child.pid for child in psutil.Process().children())
    with stdout.open("wb") as out, stderr.open("wb") as err:
        leader = subprocess.Popen(
            command, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
    try:
        on_start(leader.pid)
        code = _wait(leader, timeout_s)
        survivors = _linger(leader.pid, ours) if code is not None else ()
    finally:
        try:
            _end(leader, ours)
        except BaseException:  # a second interrupt: no patience is left
            _signal(_left(leader, ours), signal.SIGKILL)
            leader.wait(_KILL_S)
            raise
        finally:
            segments = _unlink(leader.pid)
    return Ending(code, survivors, segments)


def _wait(leader: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    try:
        return leader.wait(timeout_s)
    except subprocess.TimeoutExpired:
        return None


def members(session: int, ours: frozenset[int]) -> list[psutil.Process]:
    """Return the living processes and the zombies of a session.

    Args:
        session: its number.
        ours: children that this process had before. Any other is an orphan that was handed to us, and belongs to the
            session even when it has begun a session of its own.
    """
    found = [child for child in psutil.Process().children() if child.pid not in ours]
    known = {child.pid for child in found}
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.NoSuchProcess):
            if pid not in known and os.getsid(pid) == session:
                found.append(psutil.Process(pid))
    return found


def _linger(session: int, ours: frozenset[int]) -> tuple[str, ...]:
    """Return a line for each process that outlives the leader for longer than the grace time."""
    end = time.monotonic() + _GRACE_S
    while alive := _alive(session, ours):
        if time.monotonic() > end:
            return tuple(map(_describe, alive))
        time.sleep(_POLL_S)
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
        _signal(left, signal.SIGKILL)
        time.sleep(_POLL_S)
        left = _left(leader, ours)


def _left(leader: subprocess.Popen[bytes], ours: frozenset[int]) -> list[psutil.Process]:
    leader.poll()
    return _alive(leader.pid, ours)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)


def _reaped(process: psutil.Process, session: int) -> bool:
    """Collect a zombie that was handed to this process; the leader is Popen's affair, others are their parents'."""
    with contextlib.suppress(psutil.NoSuchProcess, ChildProcessError):
        zombie = process.status() == psutil.STATUS_ZOMBIE
        if zombie and process.pid != session and process.ppid() == os.getpid():
            return os.waitpid(process.pid, os.WNOHANG)[0] == process.pid
        return False
    return True


def _unlink(session: int) -> tuple[str, ...]:
    """Remove what the session has left in shared memory, and return the names."""
    if not _SHM.is_dir():
        return ()
    left = sorted(path for path in _SHM.iterdir() if token(session) in path.name)
    for path in left:
        path.unlink(missing_ok=True)
    return tuple(path.name for path in left)


def become_subreaper() -> None:
    """Have orphans of our descendants handed to this process, so that none of them stays a zombie (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        pr_set_child_subreaper = 36  # linux/prctl.h
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)
