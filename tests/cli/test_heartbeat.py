"""What is done while something else is waited for."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from bench.cli.heartbeat import waited_for


@pytest.fixture
def no_alarm():
    """Put the clock of whoever watches over this test aside."""
    left, again = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.setitimer(signal.ITIMER_REAL, left, again)


def test_what_came_is_returned_and_the_clock_is_as_before(no_alarm):
    """The result arrives, and neither the timer nor its handler stays."""
    before = signal.getsignal(signal.SIGALRM)
    assert 7 == waited_for(lambda: 7, 0.01, lambda: None)
    assert (before, (0.0, 0.0)) == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))


def test_an_error_passes_and_leaves_no_timer(no_alarm):
    """The end of a generator is an error, too."""
    with pytest.raises(StopIteration):
        waited_for(lambda: next(iter(())), 0.01, lambda: None)
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_the_alarm_of_somebody_else_rings_later_or_at_once(no_alarm):
    """One in a minute is left with less than that, and one that was due while this waited rings behind it."""
    signal.setitimer(signal.ITIMER_REAL, 60)
    waited_for(lambda: time.sleep(0.05), 1.0, lambda: None)
    assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] < 59.96
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    waited_for(lambda: time.sleep(0.05), 1.0, lambda: None)
    time.sleep(0.05)
    signal.signal(signal.SIGALRM, before)
    assert [1] == rung


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
