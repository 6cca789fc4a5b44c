"""Tests of workers that join a search later; all are on this machine, each a program of its own."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import bench
from bench.cluster.access import Access
from bench.search.cluster import Choice, open_workers
from tests.cluster.conftest import BARE
from tests.support.hosts import Host, scheduler, worker

pytest.importorskip("distributed")

ROOT = Path(bench.__file__).parents[1]
HERE = Host("", "127.0.0.1")
NAPS, NAP_S = 60, 0.05
DECIDED_S = 60  # far above what a worker takes to be compared


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Return how to reach a cluster of one worker, which has this primebench."""
    place = tmp_path_factory.mktemp("cluster")
    ports = ("--port", "0", "--dashboard-address", ":0")  # which nobody else has
    with scheduler(HERE, place / "scheduler", *ports, protocol="tcp"):
        log = (place / "scheduler/log").read_text()
        address = log.partition("Scheduler at:")[2].split()[0]
        with worker(HERE, address, place / "first"):
            yield Access(address)


def until(claim):
    """Wait until the claim holds."""
    end = time.monotonic() + DECIDED_S
    while not claim():
        assert time.monotonic() < end
        time.sleep(0.01)


def asked(those):
    """Say whether it is known of the worker that has come what becomes of it."""
    watch = those.cluster.watch
    return watch.lost or any(map(those._newcomers.may_work, watch.alive - {*those.cluster.workers}))


def worked(access, place, workers=None, **options):
    """Have a search begin with the worker that is there, and another one come; return who worked, and what was said."""

    def nap(_):
        time.sleep(NAP_S)
        return __import__("distributed").get_worker().address

    said = []
    with (
        ExitStack() as late,  # which is there when all is taken back
        open_workers(access, workers, [Choice(("sieve",))], said.append, said.append) as those,
    ):
        late.enter_context(worker(HERE, access.address, place, **options))
        until(lambda: said or asked(those))
        done = those(nap, range(NAPS), None)
    assert NAPS == len(done)
    return len(set(done)), said


def test_one_that_has_the_same(cluster, tmp_path):
    """A worker that has this primebench joins in, and nothing need be said."""
    assert (2, []) == worked(cluster, tmp_path / "late")


def test_no_more_than_are_asked_for(cluster, tmp_path):
    """With a number of workers no other one joins in."""
    assert (1, []) == worked(cluster, tmp_path / "late", workers=1)


def test_one_that_has_none(cluster, tmp_path):
    """A worker without primebench gets it when it comes, which is said, and it is taken away at the end."""
    late = tmp_path / "late"
    found, said = worked(cluster, late, python=(sys.executable, "-S"), environ=BARE)
    assert (2, 1) == (found, len(said)), said
    assert "primebench (" in said[0] and "removed at the end" in said[0]
    assert [] == [*late.glob("primebench-lent-*")]


def other(place, path, text):
    """Return how a worker is started that has a primebench of which one file is another."""
    for name in ("bench", "primes"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / path).write_text(text)
    return {"python": (sys.executable, "-S"), "environ": {"PYTHONPATH": f"{place}:{BARE['PYTHONPATH']}"}}


def test_one_that_has_another(cluster, tmp_path):
    """A worker with another version gets no work, which is said with both versions; the search goes on."""
    options = other(tmp_path / "other", "bench/core/version.py", 'VERSION = "0.0.7"\n')
    found, said = worked(cluster, tmp_path / "late", **options)
    assert (1, 1) == (found, len(said)), said
    assert "Left out" in said[0] and "has primebench 0.0.7" in said[0]


def test_one_that_dies_when_it_is_asked(cluster, tmp_path):
    """A worker that ends as soon as it is asked what it has ends nothing else."""
    options = other(tmp_path / "other", "bench/__init__.py", "import os\nos._exit(1)\n")
    assert 1 == worked(cluster, tmp_path / "late", **options)[0]
