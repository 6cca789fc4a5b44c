"""What signals mean to a search: SIGTERM ends it as Ctrl-C does, and its workers hear nothing of a terminal."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

from bench.core.signals import ASKING, held_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def termination() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt."""
    searching = os.getpid()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if os.getpid() != searching:
            os._exit(1)  # a worker made by fork that has only just begun
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def termination_later() -> Iterator[None]:
    """Turn a SIGTERM that comes meanwhile into KeyboardInterrupt at the end: what is half made cannot be ended."""
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
    if heard:
        raise KeyboardInterrupt


@contextmanager
def deaf_workers() -> Iterator[None]:
    """Let the processes made meanwhile never hear of what a terminal sends to all: SIGINT, SIGQUIT and SIGHUP.

    It is for the searching process alone to decide what they mean. That a signal is blocked is inherited with
    every start method, and one that comes meanwhile waits, where one that is ignored would be lost.
    """
    # Not by the first segment: starting it takes the block away (up to Python 3.13), and a search that is killed
    # meanwhile would leave that segment behind.
    ignored = {*ASKING} - {signal.SIGTERM}
    with held_back(ignored):
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, ignored)
        yield
