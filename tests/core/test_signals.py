"""Signals that wait until something is over."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from bench.core.signals import held_back


@pytest.fixture
def another_thread():
    """Have a thread in this process, as numpy has, which hears whatever the main thread blocks."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    yield
    end.set()
    thread.join()


@pytest.mark.usefixtures("another_thread")
def test_an_interrupt_that_reaches_another_thread_waits_as_well():
    """Ctrl-C comes when what was held back for is over, and not in the middle of it."""
    done = []

    def asked():
        with held_back():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)  # the other thread is to have it by then
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        asked()
    assert [True] == done
    assert signal.default_int_handler is signal.getsignal(signal.SIGINT)


@pytest.mark.usefixtures("another_thread")
def test_a_signal_that_is_ignored_stays_ignored():
    """Programs that are started meanwhile inherit it, as nohup wants it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with held_back():
            assert signal.SIG_IGN == signal.getsignal(signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
