"""The thread that writes while the search goes on."""

from __future__ import annotations

import signal
import time
from threading import Event

import pytest

from bench.search.writer import Writer

WINDOW = [(b"\x0c", 0, 8)]  # the flags of 2 and 3
HELD_S = 60  # far above what any of this takes


def test_windows_arrive_in_their_order():
    """Each window's primes come once, with the number before which they are all, before the writer is left."""
    taken = []
    with Writer(lambda primes, complete_to: taken.append((primes.tolist(), complete_to))) as writer:
        for lo in range(0, 80, 8):
            writer.put([(b"\x0c", lo, lo + 8)])
    assert [([lo + 2, lo + 3], lo + 8) for lo in range(0, 80, 8)] == taken


def test_what_goes_wrong_is_raised_where_windows_come_from():
    """A full disk ends the search, and nothing more is written."""
    taken = []

    def take(primes, complete_to):
        taken.append(complete_to)
        raise OSError("full")

    def write():
        with Writer(take) as writer:
            for _ in range(3):
                writer.put(WINDOW)

    with pytest.raises(OSError, match="full"):
        write()
    assert [8] == taken


def test_a_window_that_waits_is_dropped_by_an_interrupt():
    """The block being written is finished, what waits is not begun, and one that finds no room is not kept."""
    begun, writers, taken = Event(), [], []

    def take(primes, complete_to):
        begun.set()
        end = time.monotonic() + HELD_S
        while not writers[0]._stopped and time.monotonic() < end:
            time.sleep(0.001)
        taken.append(complete_to)

    def interrupted(*_):
        raise KeyboardInterrupt

    def write():
        with Writer(take) as writer:
            writers.append(writer)
            writer.put(WINDOW)
            assert begun.wait(HELD_S)
            writer.put([(b"\x0c", 8, 16)])
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            writer.put([(b"\x0c", 16, 24)])

    before = signal.signal(signal.SIGALRM, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            write()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert [8] == taken
