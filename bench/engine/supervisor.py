"""A process that does one piece of work which starts others, and ends all of it when whoever asked has gone.

The two hold the ends of one connection. A supervisor that is told to end, or sees the other end close because this
process was killed, ends its session (`bench.engine.session`); in the latter case it also removes the temp folders. When
the supervisor is killed instead, this process finds what it leaves by the temp folder that everything below has in its
environment. So neither a signal between two lines nor a SIGKILL of one of them leaves anything behind.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.core.signals import ASKING, held_back
from bench.engine import session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from types import FrameType
    from typing import Any

# Fork takes 5 ms; where threads may be about that nobody knows of, as in libraries of macOS, it is not safe.
_START = "fork" if sys.platform == "linux" else "spawn"
_PATIENCE_S = 1.5  # for a supervisor that was told to end; its session has half a second to put things in order
_KILL_S = 5.0  # how long the hard signal is repeated; only a process that waits for a device withstands it
_POLL_S = 0.01
_END = b"end"
_NOTE = "session"  # the file in the temp folder that tells the session's number

_folders: set[str] = set()  # temp folders of this process, which a supervisor removes if this process cannot
_ends: set[Connection] = set()  # our ends of the connections, which no other supervisor may keep open


class Ended(Exception):
    """A supervisor has ended without an answer: it was killed, or has met an error of its own."""


class Supervisor:
    """Work in a process of its own; leaving the context ends it with all that it has started.

    Attributes:
        connection: readable when there is an answer, or when there will be none.
    """

    def __init__(self, work: Callable[[], object], folder: Path, foreign: Sequence[int] = ()) -> None:
        """Start the work.

        Args:
            work: its result is the answer; whatever it starts runs by `session.run` with ``folder`` as its TMPDIR.
            folder: a temp folder of this work alone.
            foreign: descriptors that its process must not keep open.
        """
        self._folder, self._began = folder, time.time()
        context: Any = multiprocessing.get_context(_START)
        self.connection, self._theirs = context.Pipe()
        inherited = (*foreign, *(end.fileno() for end in (self.connection, *_ends))) if _START == "fork" else ()
        # A daemon is ended, and not waited for, when this process ends by an error in between.
        self._process = context.Process(
            target=_supervise, args=(work, self._theirs, inherited, tuple(_folders)), daemon=True
        )

    def __enter__(self) -> Self:
        """Start it."""
        session.become_subreaper()  # what a killed supervisor leaves is handed to us, and does not stay a zombie
        try:
            with held_back():  # until it can tell what a signal means
                _ends.add(self.connection)
                self._process.start()
                self._theirs.close()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Tell it to end, wait until it has, and end whatever it could not end."""
        self.dismiss()
        self._theirs.close()
        if self._process.pid is None:  # it could not be started
            return
        try:
            self._process.join(_PATIENCE_S)
        finally:
            with held_back():
                if self._process.exitcode != 0:  # it still lives, or came to a bad end
                    self._end_hard(self._process.pid)
                self._process.close()

    def answer(self, timeout_s: float) -> Any:
        """Return what came of the work.

        Raises:
            TimeoutError: nothing came within this time.
            Ended: the process has ended without an answer.
        """
        if not wait([self.connection], timeout_s):
            raise TimeoutError
        try:
            return self.connection.recv()
        except (EOFError, ConnectionError):
            raise Ended("the process that looks after the measuring one was ended from outside") from None

    def dismiss(self) -> None:
        """Tell it to end, and do not wait."""
        _ends.discard(self.connection)
        if not self.connection.closed:
            with suppress(OSError):  # it has ended already
                self.connection.send_bytes(_END)
            self.connection.close()

    def _end_hard(self, pid: int) -> None:
        # First those below: one that was stopped before it became another program holds its parent up.
        left = set(session.descendants(pid))
        session.kill(left)
        self._process.kill()
        self._process.join()
        give_up = time.monotonic() + _KILL_S
        while (left := {*session.not_ended(left), *session.carrying(self._folder)}) and time.monotonic() < give_up:
            session.kill(left)
            time.sleep(_POLL_S)
        for number in _noted_sessions(self._folder):
            session.unlink_segments(number, self._began)


def note_session(folder: Path, number: int) -> None:
    """Write down which session a supervisor looks after, for the case that it cannot do so to the end."""
    (folder / _NOTE).write_text(f"{number}\n", encoding="ascii")


def _noted_sessions(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / _NOTE).read_text(encoding="ascii").splitlines()]
    except OSError:
        return []


@contextmanager
def temp_folder(prefix: str) -> Iterator[Path]:
    """Make a temp folder and remove it with all it holds, in whatever way this process ends.

    Raises:
        OSError: it cannot be made.
    """
    with held_back():
        folder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    _folders.add(folder.name)
    try:
        yield Path(folder.name)
    finally:
        with held_back():  # cleaning up is short, and half of it is worth nothing
            folder.cleanup()
            _folders.discard(folder.name)


# --- in the supervisor --------------------------------------------------------------------------------------------


def _supervise(work: Callable[[], object], owner: Connection, foreign: Sequence[int], folders: Sequence[str]) -> None:
    with suppress(session.OwnerGone):  # whoever asks twice
        with suppress(session.OwnerGone, BrokenPipeError, ConnectionResetError):
            _listen(owner, foreign)
            owner.send(work())
            owner.poll(None)  # until it has arrived
        signal.pthread_sigmask(signal.SIG_BLOCK, ASKING)
    if _is_gone(owner):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def _listen(owner: Connection, foreign: Sequence[int]) -> None:
    """Listen to the owner alone."""
    for descriptor in foreign:
        os.close(descriptor)
    session.serve(owner.fileno())
    for number in ASKING:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants it, also for all below
            # A terminal tells everybody in front of it at once, and what it means is for one alone to decide.
            signal.signal(number, _terminated if number == signal.SIGTERM else _unheard)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKING)


def _is_gone(owner: Connection) -> bool:
    """Say whether the process that asked has ended, in which case it left its temp folders to us."""
    try:
        return owner.poll(0) and not owner.recv_bytes()
    except (EOFError, OSError):
        return True


def _unheard(_signal: int, _frame: FrameType | None) -> None:
    pass


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise session.OwnerGone
