"""Tests of searching with the workers of a cluster; its workers are those of this machine."""

from __future__ import annotations

import errno
import operator
import os
import signal
import time

import pytest

from bench.cluster.access import Access
from bench.cluster.errors import ClusterFailed
from bench.search import choice, known
from bench.search.errors import SearchFailed
from bench.search.search import Search, Tally, count, nth, write
from primes import kernel
from tests.support.skips import need

need("distributed")

LETHAL = """
import os, pathlib, signal
from primes.kernels import sieve

def count(lo, hi):
    note = pathlib.Path(__file__).with_name("notes")
    if lo <= 5_000_000 < hi and DEATHS > len(note.read_text().split()):
        with note.open("a") as file:
            file.write(f"{lo}-{hi} ")
        os.kill(os.getpid(), signal.SIGKILL)
    return sieve.count(lo, hi)
"""


@pytest.fixture(scope="module")
def cluster():
    """A cluster with two workers."""
    from bench.cluster.opened import opened

    with opened(None, 2) as made:
        yield made


def search_of(cluster, lo, hi, name="sieve", samples=()):
    """Return a search with all workers of the cluster."""
    from bench.search.cluster import Choice, Workers

    workers = Workers(cluster, Choice((name,)))
    found = kernel.load(name)
    return Search(lo, hi, found, workers.count, workers, lambda _: None, samples, stream=workers.stream)


def test_counting_and_verifying(cluster):
    """All windows together hold as many primes as are known, and each sample is searched again."""
    samples = known.draw(0, 10**7, choice.judge("sieve", 10**7), 1)
    tally = Tally(0)
    count(search_of(cluster, 0, 10**7, samples=samples), tally)
    assert (664579, 10**7, 8) == (tally.count, tally.complete_to, tally.verified)  # OEIS A006880


def test_primes_come_in_order(cluster):
    """What workers find at the same time is written in ascending order."""
    written = []

    class Output:
        def write(self, primes, complete_to):
            written.extend(primes.tolist())

    write(search_of(cluster, 0, 4 * 10**6), Tally(0), Output(), None)
    assert 283146 == len(written)  # counted with primesieve 11.0
    assert written == sorted(written)
    assert (2, 3999971) == (written[0], written[-1])  # The Prime Pages


@pytest.mark.parametrize(("k", "prime"), [(1, 2), (10**5, 1299709)])  # OEIS A006988
def test_the_kth_prime(cluster, k, prime):
    """The search ends soon behind the k-th prime, and names it."""
    tally = Tally(0)
    assert prime == nth(search_of(cluster, 0, 10**8), tally, k)
    assert tally.complete_to <= prime


def lethal(tmp_path, deaths):
    """Return a kernel that ends so many workers where it meets 5,000,000, and notes of the windows."""
    file = tmp_path / f"lethal{deaths}.py"
    file.write_text(f"DEATHS = {deaths}\n{LETHAL}")
    notes = tmp_path / "notes"
    notes.touch()
    return str(file), notes


def test_workers_that_die(tmp_path):
    """What a dead worker had is searched again; a window that ends three is named, and what waited behind it is not."""
    from bench.cluster.opened import opened

    with opened(None, 3) as cluster:
        name, notes = lethal(tmp_path, 1)
        tally = Tally(0)
        count(search_of(cluster, 0, 2 * 10**7, name), tally)
        assert 1270607 == tally.count  # counted with primesieve 11.0
        assert 1 == len(notes.read_text().split())
        name, notes = lethal(tmp_path, 4)
        tally = Tally(0)
        with pytest.raises(SearchFailed) as caught:
            count(search_of(cluster, 0, 2 * 10**7, name), tally)
    _, *tried = notes.read_text().split()
    assert 3 == len(tried)
    lo, hi = tried[0].split("-")
    assert 1 == len(set(tried))
    assert f"the window from {lo} to below {hi} cannot be searched: it has ended 3 workers" in str(caught.value)
    assert tally.complete_to <= int(lo)  # less where a slow worker has not answered yet


@pytest.fixture
def patient(monkeypatch):
    """Let a busy machine take its time to start a worker in place of one that has ended."""
    monkeypatch.setattr("bench.cluster.spread._NOBODY_S", 60.0)


def test_a_kernel_that_ends_workers_when_it_is_loaded(patient, tmp_path):
    """It is named by its name, for there is no window yet."""
    from bench.cluster.opened import opened
    from bench.search.cluster import Choice, Workers

    file = tmp_path / "deadly.py"
    file.write_text("import os\n\ndef is_prime(number): ...\n\ndef warm():\n    os._exit(1)\n")
    with opened(None, 1) as cluster, pytest.raises(SearchFailed) as caught:
        Workers(cluster, Choice((str(file),))).warm_up()
    assert f"{file} cannot be loaded: it has ended 3 workers, the last one tcp://" in str(caught.value)


def test_nobody_is_there_for_a_moment(patient):
    """Workers that go while they have nothing to do are waited for as well: what has not been given yet is not lost."""
    from bench.cluster.opened import opened
    from bench.cluster.spread import Piece, spread

    rest, found = iter(range(6)), []
    with opened(None, 1) as cluster:
        pids = cluster.client.run(os.getpid)

        def take(_worker, _workers):
            number = next(rest, None)
            return None if number is None else Piece(operator.neg, number)

        for done in spread(cluster, take):
            found.append(done.result)
            if len(found) == 1:
                time.sleep(0.5)  # the second one is done, too, and the next is given once that has been heard
                os.kill(*pids.values(), signal.SIGKILL)
                while not cluster.watch.lost:
                    time.sleep(0.01)
    assert [0, -1, -2, -3, -4, -5] == sorted(found, reverse=True)


def test_a_connection_that_ends_in_the_middle(cluster, monkeypatch):
    """What Dask raises where the scheduler goes in the middle of a call is told in words of ours."""
    from bench.cluster.spread import spread

    def gone(_workers):
        raise OSError("Stream is closed")

    monkeypatch.setattr(cluster.client, "nthreads", gone)
    with pytest.raises(ClusterFailed, match=r"the scheduler gives no answer \(OSError: Stream is closed\)"):
        next(spread(cluster, lambda *_: None))


def test_what_dask_raises_while_a_cluster_is_made_ready(monkeypatch):
    """Whatever it is, it is told in one line, and another machine's trouble is not taken for one of shared memory."""
    from bench.search import cluster

    def opened(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(cluster, "opened", opened)
    several = cluster.open_workers(Access("tls://127.0.0.1:1"), None, [cluster.Choice(("sieve",))], print, print)
    with pytest.raises(SearchFailed) as caught, several:
        pass
    assert "the cluster cannot be made ready: PermissionError: [Errno 13] Permission denied." == str(caught.value)
