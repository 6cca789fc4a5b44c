"""Tests of what signals mean to a search."""

from __future__ import annotations

import os
import signal

import pytest

from bench.search.signals import termination_later


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
