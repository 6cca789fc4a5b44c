"""Something to be done every so many seconds while the main thread waits for something else."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_Found = TypeVar("_Found")
_NOW_S = 1e-6  # 0 would be never


def waited_for(wait: Callable[[], _Found], every_s: float, beat: Callable[[], None]) -> _Found:
    """Wait, and return what came; meanwhile beat every so many seconds.

    By the clock's signal and not by a thread: what is measured is started from this process by fork, which must not
    meet a thread that holds a lock. Only the main thread hears signals; in another one nothing beats.
    """
    if threading.current_thread() is not threading.main_thread():
        return wait()

    def ring(_signal: int, _frame: FrameType | None) -> None:
        beat()

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left_s, again_s = signal.setitimer(signal.ITIMER_REAL, every_s, every_s)
    try:
        return wait()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left_s:  # somebody else's, which rings now if it should have rung meanwhile
            signal.setitimer(signal.ITIMER_REAL, max(_NOW_S, left_s - (time.monotonic() - began)), again_s)
