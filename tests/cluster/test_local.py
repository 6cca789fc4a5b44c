"""Tests of a cluster of this machine."""

from __future__ import annotations

import psutil
import pytest

from bench.cluster.errors import ClusterFailed
from bench.cluster.opened import opened
from bench.cluster.watch import answers
from tests.support.skips import need

need("distributed")


@pytest.fixture(scope="module")
def cluster():
    """Return a cluster with two workers."""
    with opened(None, 2) as made:
        yield made


def ports(process):
    """Return the addresses at which a process listens."""
    return {each.laddr for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN}


def test_nothing_listens_but_dask_on_loopback(cluster):
    """The scheduler opens one port, each worker and its nanny one, all on loopback: no dashboard, no HTTP server."""
    here = psutil.Process()
    expected = {cluster.client.scheduler.address, *cluster.workers}
    opened_here = ports(here)
    assert {address.ip for address in opened_here} == {"127.0.0.1"}
    assert len(opened_here) == 1 + 2  # the scheduler's and those of two nannies
    theirs = set().union(*map(ports, here.children(recursive=True)))
    assert {f"tcp://{address.ip}:{address.port}" for address in theirs} == set(cluster.workers) < expected


def test_inputs_are_taken_as_there_is_room(cluster):
    """No more tasks than asked for are under way at a time, and each answer says which input it belongs to."""
    taken = []

    def inputs():
        for number in range(20):
            taken.append(number)
            yield number

    def submit(number):
        return cluster.client.submit(pow, number, 2, pure=False)

    seen = {}
    for answer in answers(cluster.client, submit, inputs(), 3, cluster.watch.check):
        assert len(taken) - len(seen) <= 3
        seen[answer.index] = answer.result
    assert seen == {number: number**2 for number in range(20)}


def test_what_a_task_raises_is_its_answer(cluster):
    """The error of one task does not end the others."""
    submit = cluster.client.submit
    found = answers(cluster.client, lambda each: submit(divmod, 1, each, pure=False), [1, 0], 2, cluster.watch.check)
    assert {0: None, 1: ZeroDivisionError} == {each.index: each.error and type(each.error) for each in found}


@pytest.mark.parametrize("wanted", [{"workers": 3}, {"workers": None, "least": 3}])
def test_more_workers_than_there_are_are_refused(cluster, monkeypatch, wanted):
    """Whoever asks an existing cluster for more workers than it has is told both numbers."""
    from bench.cluster import opened as module
    from bench.cluster.access import Access

    monkeypatch.setattr(module, "_WORKERS_S", 0.2)
    too_many = opened(Access(cluster.client.scheduler.address), **wanted)
    with pytest.raises(ClusterFailed, match="has 2 workers .* instead of the 3"), too_many:
        pass


def test_a_worker_is_no_scheduler(cluster):
    """The address of a worker is told from that of its scheduler."""
    from bench.cluster.access import Access

    with pytest.raises(ClusterFailed, match="is no scheduler of Dask"), opened(Access(cluster.workers[0]), 1):
        pass


def test_a_configuration_for_others_is_not_for_loopback(monkeypatch):
    """Encryption that Dask is configured to ask for, and certificates that are not there, are no matter of loopback."""
    import dask

    files = ("tls.ca-file", "tls.client.cert", "tls.scheduler.cert", "tls.worker.cert")
    asked = {"require-encryption": True, **dict.fromkeys(files, "/nowhere/at/all")}
    asked = {f"distributed.comm.{name}": value for name, value in asked.items()}
    for name, value in asked.items():  # which the workers read
        monkeypatch.setenv(f"DASK_{name.upper().replace('.', '__').replace('-', '_')}", str(value))
    with dask.config.set(asked), opened(None, 1) as made:
        assert 9 == made.client.submit(pow, 3, 2).result()


def test_nothing_of_it_stays_on_disk(tmp_path, monkeypatch):
    """The folder in which Dask's workers may keep data goes with them."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with opened(None, 1):
        assert [*tmp_path.iterdir()]
    assert [] == [*tmp_path.iterdir()]
