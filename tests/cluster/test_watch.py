"""Tests of hearing that somebody has gone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bench.cluster.errors import ClusterFailed, WorkerLost
from bench.cluster.watch import Watch

ONE, TWO = "tcp://10.0.0.1:1", "tcp://10.0.0.2:1"


@pytest.fixture
def watch():
    """Watch two workers."""
    return Watch(SimpleNamespace(status="running"), [ONE, TWO])


def test_all_are_there(watch):
    """Nothing is raised while all workers stay, whatever else happens to the cluster."""
    watch.hear((0.0, {"action": "add-worker", "worker": "tcp://10.0.0.3:1"}))
    watch.hear((0.0, {"action": "add-client", "client": "x"}))
    watch.check([ONE, TWO])


def test_a_worker_that_comes_back_was_lost(watch):
    """A worker that has gone is lost, even if its nanny has made another one at the same address."""
    watch.hear((0.0, {"action": "remove-worker", "worker": TWO}))
    watch.hear((0.0, {"action": "add-worker", "worker": TWO}))
    assert {ONE, TWO} == watch.alive
    watch.check([ONE])
    with pytest.raises(WorkerLost, match=TWO):
        watch.check([ONE, TWO])


def test_a_client_without_a_scheduler():
    """A client that is connecting again, or has given up, has lost what was under way."""
    with pytest.raises(ClusterFailed, match="the scheduler has gone"):
        Watch(SimpleNamespace(status="connecting"), []).check()
