"""The processes of a search, which end with it. Loaded in worker processes."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing import context, current_process, get_context, parent_process
from threading import Thread
from time import sleep

from primes.user_code import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import BaseContext

_POLL_S = 0.5  # how often a worker that a library has made looks whether its parent is there


def enlisting(start: str) -> BaseContext:
    """Return the context of a start method, or of this system where that is ``none``; its processes enlist."""
    return get_context() if start == "none" else _CONTEXTS[start]


class _Enlisting:
    """A process that ends, from its first line on, as soon as the process that searches has ended in whatever way.

    Otherwise it might wait for ever for an order from a process that was killed, because its siblings hold copies of
    the pipe's other end.
    """

    def run(self) -> None:
        """Run as the process would without this; what ends it early is told in one line."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends at once, where a handler waits for the kernel to return
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        try:
            Thread(target=_outlive, daemon=True).start()
        except RuntimeError:  # the limit of processes, which the searching process meets and names
            raise SystemExit(1) from None
        try:
            super().run()  # type: ignore[misc]
        except Exception as error:
            sys.stderr.write(f"primebench: {current_process().name}: {said(error)}.\n")
            raise SystemExit(1) from None


def _outlive() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)  # from a thread that is not the main one nothing else ends a process


class Enlist:
    """Callable: have a worker that a library has made in a way of its own end as well, and get ready."""

    __slots__ = ("ready", "searching")

    def __init__(self, ready: Callable[[], None], searching: int | None = None) -> None:
        """Call ``ready`` in a worker of this process, or of the one with this number."""
        self.ready, self.searching = ready, searching or os.getpid()

    def __reduce__(self) -> tuple[type[Enlist], tuple[Callable[[], None], int]]:
        """Pickle as what the constructor takes."""
        return Enlist, (self.ready, self.searching)

    def __call__(self) -> None:
        """Enlist and get ready; a thread of the searching process ends with it anyhow."""
        # Of one whose parent is another process, it cannot be told from here when the search has ended.
        if os.getppid() == self.searching and not isinstance(current_process(), _Enlisting):
            Thread(target=_outlive_parent, args=(self.searching,), daemon=True).start()
        self.ready()


def _outlive_parent(parent: int) -> None:
    while os.getppid() == parent:
        sleep(_POLL_S)
    os._exit(1)


# One for each start method: a process is sent to the interpreter that spawn makes by the name of its class.


class ForkWorker(_Enlisting, context.ForkProcess):
    """A worker made by fork."""

    def start(self) -> None:
        """Make it; until it listens a SIGTERM waits: one that comes while it is being made Python would forget."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class SpawnWorker(_Enlisting, context.SpawnProcess):
    """A worker made by spawn."""


class ForkServerWorker(_Enlisting, context.ForkServerProcess):
    """A worker made by the fork server."""


class _Fork(context.ForkContext):
    Process = ForkWorker


class _Spawn(context.SpawnContext):
    Process = SpawnWorker


class _ForkServer(context.ForkServerContext):
    Process = ForkServerWorker


_CONTEXTS: dict[str, BaseContext] = {"fork": _Fork(), "spawn": _Spawn(), "forkserver": _ForkServer()}
