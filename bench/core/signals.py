"""The signals by which a user or the system asks a program to end, and holding them back for a moment."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@contextmanager
def held_back(signals: Collection[signal.Signals] = ASKING) -> Iterator[None]:
    """Let signals that ask for the end, or some of them, wait until this is over, and come then."""
    with noted(signals):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def noted(signals: Collection[signal.Signals]) -> Iterator[None]:
    """Only note these signals meanwhile, whichever thread they reach; they come when this is over.

    What the main thread blocks reaches another thread, such as one that numpy has started, and Python would then
    interrupt the main thread all the same.
    """
    came: list[int] = []
    before: dict[int, Any] = {}
    if current_thread() is main_thread():
        for number in signals:
            # One that is ignored stays so, also for the programs that are started meanwhile; one that Python does not
            # know could not be set again.
            if signal.getsignal(number) not in (None, signal.SIG_IGN):
                before[number] = signal.signal(number, lambda told, _frame: came.append(told))
    try:
        yield
    finally:
        for held, handler in before.items():
            signal.signal(held, handler)
        for one in dict.fromkeys(came):
            signal.raise_signal(one)
