"""Tests of clusters that cannot be measured."""

from __future__ import annotations

import pytest

from bench.cluster import settings
from bench.cluster.errors import ClusterFailed
from tests.support.skips import need

distributed = need("distributed")


def test_threads_of_a_worker_are_refused(in_process):
    """A worker of two threads does two tasks at once in one interpreter; that would be no worker among others."""
    _, client = in_process
    with pytest.raises(ClusterFailed, match="runs 2 tasks at once.*--nthreads 1"):
        settings.refuse(client, client.scheduler_info(n_workers=-1)["workers"])


def test_an_adaptive_cluster_is_refused(in_process):
    """A cluster that asks how many workers the load needs is found out, and no longer once it has stopped."""
    made, client = in_process
    settings.refuse(client, {})
    made.adapt(minimum=1, maximum=2, interval="100ms")
    with pytest.raises(ClusterFailed, match="is adaptive"):
        settings.refuse(client, {})


def test_settings_are_those_of_the_scheduler(in_process):
    """What is recorded is what the scheduler goes by: Dask does a task whose worker died again three times."""
    _, client = in_process
    found = settings.read(client)
    assert found["distributed.scheduler.allowed-failures"] == 3
    assert found["distributed.scheduler.worker-saturation"] == 1.1
