"""What is done while something else is waited for."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from bench.cli.heartbeat import waited_for


def test_what_came_is_returned_and_the_clock_is_as_before():
    """The result arrives, and neither the timer nor its handler stays."""
    before = signal.getsignal(signal.SIGALRM)
    assert 7 == waited_for(lambda: 7, 0.01, lambda: None)
    assert (before, (0.0, 0.0)) == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))


def test_an_error_passes_and_leaves_no_timer():
    """The end of a generator is an error, too."""
    with pytest.raises(StopIteration):
        waited_for(lambda: next(iter(())), 0.01, lambda: None)
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_it_beats_until_something_came():
    """Whoever sleeps hears each beat and sleeps on to the end."""
    beats = []
    began = time.monotonic()
    waited_for(lambda: time.sleep(0.1), 0.03, lambda: beats.append(1))
    assert beats and time.monotonic() - began >= 0.1


def test_another_thread_only_waits():
    """Signals are heard by the main thread alone."""
    found = []
    thread = threading.Thread(target=lambda: found.append(waited_for(lambda: 7, 0.01, lambda: None)))
    thread.start()
    thread.join()
    assert [7] == found
