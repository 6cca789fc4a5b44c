"""What signals mean to a search: each ends it as Ctrl-C does, once, and its workers hear nothing of a terminal."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from math import inf
from multiprocessing import resource_tracker
from time import monotonic
from typing import TYPE_CHECKING

from bench.core.signals import ASKING, held_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


# A signal that comes sooner after the last one that was heard asks for the same end, which is under way: a terminal
# that is closed and a system that shuts down send several. What a search tidies up takes less.
_AGAIN_S = 3.0


class Interruption:
    """Handler: raise KeyboardInterrupt, and leave alone what that has begun: cut short, it loses locks and words."""

    def __init__(self) -> None:
        """Listen in this process."""
        self._searching = os.getpid()
        self._heard_s = -inf

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        """Hear a signal."""
        if os.getpid() != self._searching:
            os._exit(1)  # a worker made by fork that has only just begun
        if monotonic() < self._heard_s + _AGAIN_S:
            return
        self._heard_s = monotonic()
        raise KeyboardInterrupt

    def listen(self) -> None:
        """Hear the next signal, however soon it comes."""
        self._heard_s = -inf


@contextmanager
def termination() -> Iterator[Interruption]:
    """Turn SIGTERM, and whatever else ends a program that asks for it, into one KeyboardInterrupt.

    Inside another one this is that other one.
    """
    there = signal.getsignal(signal.SIGTERM)
    if isinstance(there, Interruption):
        yield there
        return
    found = Interruption()
    # Those that the command line takes for Ctrl-C; not one that is ignored, as SIGHUP is under nohup.
    heard = [number for number in ASKING if callable(signal.getsignal(number)) or number == signal.SIGTERM]
    before = {number: signal.signal(number, found) for number in heard}
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def termination_later() -> Iterator[None]:
    """Turn a SIGTERM that comes meanwhile into KeyboardInterrupt at the end: what is half made cannot be ended."""
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
    if heard and isinstance(before, Interruption):
        before(signal.SIGTERM, None)
    elif heard:
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
