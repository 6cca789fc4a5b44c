"""The processes of a search, which end with it. Loaded in worker processes."""

from __future__ import annotations

import os
import signal
import sys
from multiprocessing import context, current_process, get_context, parent_process
from threading import Thread

from primes.user_code import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.context import BaseContext


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
