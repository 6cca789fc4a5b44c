"""Tests of who may work of those that come later."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from bench.cluster.errors import ClusterFailed
from bench.cluster.newcomers import Newcomers

ONE, TWO = "tcp://10.0.0.1:1", "tcp://10.0.0.2:1"
SOON_S = 10


@pytest.fixture
def watch():
    """Nobody has gone."""
    return SimpleNamespace(lost=[])


def settled(newcomers, worker, told):
    """Return whether a worker may work, once that is told."""
    end = time.monotonic() + SOON_S
    while not newcomers.may_work(worker) and not told:
        assert time.monotonic() < end
        time.sleep(0.01)
    return newcomers.may_work(worker)


def test_one_that_fits(watch):
    """A worker that is like the others may work, and what may be of harm is told once."""
    told = []
    newcomers = Newcomers(watch, lambda worker: [f"{worker} is unlike."], told.append)
    assert settled(newcomers, ONE, told)
    assert newcomers.may_work(ONE)
    assert [f"{ONE} is unlike."] == told


@pytest.mark.parametrize("error", [ClusterFailed(f"{ONE} is another."), OSError("gone"), KeyError(ONE)])
def test_one_that_does_not(watch, error):
    """A worker that is another one, or that goes while it is asked, does not work, which is told once."""
    asked, told = [], []

    def compare(worker):
        asked.append(worker)
        raise error

    newcomers = Newcomers(watch, compare, told.append)
    assert not settled(newcomers, ONE, told)
    assert not newcomers.may_work(ONE)
    assert [ONE] == asked
    assert [True] == [sentence.startswith("Left out") and ONE in sentence for sentence in told]


def test_another_one_at_the_same_address(watch):
    """Who comes to the address of one that has gone is asked anew, and what the first one said means nothing."""
    told = []
    newcomers = Newcomers(watch, lambda _: [], told.append, refused=[ONE])
    assert not newcomers.may_work(ONE)
    watch.lost.append(ONE)
    end = time.monotonic() + SOON_S
    while not newcomers.may_work(ONE):
        assert time.monotonic() < end
    assert [] == told


def test_nobody_waits_for_one_that_is_silent(watch):
    """While one worker gives no answer, another one is let in."""
    answer = threading.Event()

    def compare(worker):
        if worker == ONE:
            answer.wait(SOON_S)
        return []

    newcomers = Newcomers(watch, compare, print)
    assert not newcomers.may_work(ONE)
    end = time.monotonic() + SOON_S
    while not newcomers.may_work(TWO):
        assert time.monotonic() < end
    assert not newcomers.may_work(ONE)
    answer.set()
