"""Starting a peer, hearing of its death, and ending it.

A channel says nothing when the process at its other end dies: whoever waits in a queue waits for ever. So a thread
waits for the end of the peer, and a signal gets the main thread out of whatever it waits in. With every start method
the case then fails at once and says why, and not only at its deadline.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from multiprocessing import Pipe, connection
from time import sleep
from typing import TYPE_CHECKING, Any

from bench.core import start
from bench.families.channels import _peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from bench.families.channels._role import Channel, Link

_GRACE_S = 5.0  # for a peer that was told to stop; it has nothing left to do but to close its side
_AGAIN_S = 0.05  # between signals to a thread that may have gone to wait just after the last one
_STUCK_S = 0.2  # for a thread after a failure: it may wait for a message that will never come, and cannot be killed


class PeerLost(RuntimeError):
    """The peer ended before it was told to."""


class _Process:
    """A peer in a process that multiprocessing has started."""

    def __init__(self, link: Link, control: Connection, orders: tuple[Any, ...]) -> None:
        process: BaseProcess = link.context.Process(target=_peer.serve, args=(control, *orders), daemon=True)  # type: ignore[attr-defined]
        process.start()
        control.close()
        self._process = process

    def wait(self) -> None:
        connection.wait([self._process.sentinel])

    def end(self, *, well: bool) -> None:
        self._process.join(_GRACE_S if well else 0)
        if self._process.exitcode is None:
            self._process.kill()
        self._process.join()

    def fate(self) -> str:
        self._process.join()
        return _fate(self._process.exitcode or 0)


class _Host:
    """A peer in a program of its own."""

    def __init__(self, _link: Link, control: Connection, orders: tuple[Any, ...]) -> None:
        # The program holds the only writing end of this pipe, so that the pipe ends with it.
        self._life, held = Pipe(duplex=False)
        with held:
            self._program = subprocess.Popen(
                start.command(sys.executable, "bench.families.channels._host", str(control.fileno())),
                pass_fds=[control.fileno(), held.fileno()],
            )
        control.close()
        self.orders = orders

    def wait(self) -> None:
        # Does not reap: only the main thread may, for else the two would race for the exit code.
        with self._life:
            connection.wait([self._life])

    def end(self, *, well: bool) -> None:
        try:
            self._program.wait(_GRACE_S if well else 0)
        except subprocess.TimeoutExpired:
            self._program.kill()
        self._program.wait()

    def fate(self) -> str:
        return _fate(self._program.wait())


class _Thread:
    """A peer in a thread of the measuring process; it cannot be ended, only told to."""

    def __init__(self, _link: Link, control: Connection, orders: tuple[Any, ...]) -> None:
        self._thread = threading.Thread(target=_peer.serve, args=(control, *orders), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def end(self, *, well: bool) -> None:
        self._thread.join(_GRACE_S if well else _STUCK_S)

    def fate(self) -> str:
        return "has ended"


_Peer = _Process | _Host | _Thread
_KINDS: dict[str, type[_Peer]] = {"process": _Process, "host": _Host, "thread": _Thread}


def _fate(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"has ended with exit code {code}"


@contextmanager
def open_peer(
    channel: Channel, link: Link, handles: tuple[Any, ...], cpus: tuple[int, ...] | None, script: _peer.Script
) -> Iterator[Connection]:
    """Start the far side; yield the control line to it once it is ready; end it on leaving.

    Must be called in the main thread.

    Raises:
        PeerLost: the peer ended too early; raised wherever the main thread happens to be.
    """
    ours, theirs = Pipe()
    orders = (channel.module, handles, cpus, script)
    with ours, theirs:
        peer = _KINDS[channel.peer](link, theirs, orders)
        well = False
        try:
            with _alarm(peer, ours):
                if isinstance(peer, _Host):
                    ours.send(peer.orders)
                hear(ours)
                yield ours
            well = True
        finally:
            with suppress(OSError):  # the peer is dead
                ours.send_bytes(_peer.STOP)
            peer.end(well=well)


def hear(control: Connection) -> bytes:
    """Return what the peer says next.

    Raises:
        PeerLost: it says that it has failed, or says nothing any more.
    """
    try:
        said = control.recv_bytes()
    except (EOFError, ConnectionResetError):
        raise PeerLost("the peer ended before it was told to") from None
    if said.startswith(_peer.FAILED):
        raise PeerLost(f"the peer {said.decode()}")
    return said


@contextmanager
def _alarm(peer: _Peer, control: Connection) -> Iterator[None]:
    """Raise `PeerLost` in the main thread when the peer ends within this context."""
    ended = over = False  # plain flags: a handler that takes a lock could wait for the code that it has interrupted

    def watch() -> None:
        nonlocal ended
        peer.wait()
        ended = True
        # A real signal, because only that interrupts a wait for a semaphore or a read. One is not enough: it may come
        # when Python has looked for signals for the last time and does not wait yet.
        while not over:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGCHLD)
            sleep(_AGAIN_S)

    def ring(_number: int, _frame: object) -> None:
        nonlocal over
        if ended and not over:
            over = True
            raise PeerLost(f"the peer {peer.fate()}{_last_words(control)}")

    previous = signal.signal(signal.SIGCHLD, ring)
    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over = True
        # Python complains about a signal that came under a handler and finds the default when its turn comes.
        signal.signal(signal.SIGCHLD, previous if callable(previous) else _overhear)


def _overhear(_number: int, _frame: object) -> None:
    """Do with a signal what the default for SIGCHLD does: nothing."""


def _last_words(control: Connection) -> str:
    with suppress(EOFError, OSError):
        while control.poll():
            said = control.recv_bytes()
            if said.startswith(_peer.FAILED):
                return f"; it {said.decode()}"
    return " in the middle of its work"
