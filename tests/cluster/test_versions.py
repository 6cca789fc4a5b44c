"""Tests of comparing what the sides of a cluster run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.cluster.errors import ClusterFailed
from bench.cluster.versions import compared, compared_with


class Client:
    """A client whose sides say what they are told to."""

    def __init__(self, scheduler, worker):
        self.sides = scheduler, worker

    def get_versions(self):
        scheduler, worker = ({"packages": told} for told in self.sides)
        return {"client": {"packages": packages()}, "scheduler": scheduler, "workers": {"tcp://10.0.0.2:1": worker}}


def packages(python="3.11.7.final.0", **others):
    """Return versions as Dask tells them."""
    return {"python": python, "distributed": "2026.8.0", "dask": "2026.8.0", "msgpack": "1.1", **others}


def test_the_same_on_all_sides_needs_no_word():
    """Where all is the same, nothing is said."""
    assert [] == compared(Client(packages(), packages()))


def test_another_python_is_refused():
    """What one Python pickles another cannot be relied on to read, and so both are named."""
    with pytest.raises(ClusterFailed, match=r"worker tcp://10.0.0.2:1 runs Python 3.12.1, and this is 3.11.7.*pickles"):
        compared(Client(packages(), packages("3.12.1.final.0")))


def test_another_patch_and_other_libraries_are_told():
    """A difference that pickles survive is a sentence with both versions."""
    found = compared(Client(packages("3.11.9.final.0"), packages(distributed="2026.7.1")))
    assert "the scheduler runs Python 3.11.9, and this is 3.11.7." in found
    assert "the worker tcp://10.0.0.2:1 has distributed 2026.7.1, and here it is 2026.8.0." in found


def test_a_worker_that_comes_later():
    """The scheduler is asked for its versions, so that nothing is sent to one that runs another Python."""
    workers = {"tcp://10.0.0.2:1": SimpleNamespace(versions={"packages": packages("3.2.6.final.0")})}
    client = SimpleNamespace(run_on_scheduler=lambda look: look(SimpleNamespace(workers=workers)))
    with pytest.raises(ClusterFailed, match=r"worker tcp://10.0.0.2:1 runs Python 3\.2\.6, and this is"):
        compared_with(client, "tcp://10.0.0.2:1")
    with pytest.raises(ClusterFailed, match="the worker tcp://10.0.0.3:1 has gone"):
        compared_with(client, "tcp://10.0.0.3:1")
