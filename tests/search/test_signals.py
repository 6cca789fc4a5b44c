"""Tests of what signals mean to a search."""

from __future__ import annotations

import os
import signal

import pytest

from bench.search.signals import termination, termination_later


def make(done):
    """Be told to end in the middle of it."""
    with termination_later():
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("made")


def test_sigterm_waits_until_workers_are_made():
    """What is half made is finished first, and ended then as by Ctrl-C."""
    done = []
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        make(done)
    assert (["made"], before) == (done, signal.getsignal(signal.SIGTERM))


def test_a_search_is_ended_once():
    """What follows the first signal, whichever it is and however soon it comes, leaves alone what tidies up."""
    done = []

    def search():
        with termination():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                with termination():  # as what tidies up may have one, too
                    signal.raise_signal(signal.SIGTERM)
                    signal.raise_signal(signal.SIGINT)
                done.append("tidied")

    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt):
        search()
    assert ["tidied"] == done
    assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


def test_what_watches_the_workers_is_heard_all_the_same():
    """A wait for a dead worker is ended although the search has been interrupted before."""

    def search():
        with termination() as interruption:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
            interruption.listen()
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt):
        search()


def test_signals_that_are_ignored_stay_so():
    """What was started in the background of a script hears no Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with termination():
            assert signal.SIG_IGN == signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
