"""Which ways to do a job are looked at."""

from __future__ import annotations

import pytest

from bench.analysis.cost_model import Host, Load, Price
from bench.app.ways import Field, Threads, members, ways, worker_counts
from bench.core import jobs


@pytest.mark.parametrize(
    ("count", "threads", "most"),
    [
        pytest.param(50, True, 50, id="as many threads as items"),
        pytest.param(300, True, 150, id="two items for each thread, of whom there are no 300"),
        pytest.param(50, False, 25, id="two items for each process, of whom there are no 50"),
    ],
)
def test_work_that_waits_is_divided_without_a_rest(count: int, *, threads: bool, most: int) -> None:
    """Where a power of two leaves the last items waiting for another turn, so many workers do not."""
    load = Load(count, (0.5,), (0.02,), cpu=0.01, lock=1.0, item_bytes=5.0, result_bytes=5.0)
    assert most in worker_counts(load, 2.0, threads=threads)


def computing(count: int, item_s: float) -> Load:
    """Return so many items that compute so long each."""
    return Load(count, (0.5,), (item_s,), cpu=1.0, lock=1.0, item_bytes=5.0, result_bytes=5.0)


@pytest.mark.parametrize(
    ("cpus", "counts"),
    [
        pytest.param(1.0, (2,), id="at least two"),
        pytest.param(2.0, (2,), id="two"),
        pytest.param(2.5, (2, 3), id="a quota"),
        pytest.param(4.0, (2, 3, 4), id="one is left for the parent"),
        pytest.param(16.0, (2, 4, 8, 15, 16), id="powers of two"),
    ],
)
def test_work_that_computes_takes_no_more_workers_than_cpus(cpus: float, counts: tuple[int, ...]) -> None:
    """Nothing waits, so that more of them gain nothing; fewer of them are made in less time."""
    assert counts == worker_counts(computing(50, 0.02), cpus, threads=False)


def counts_of(part: Load, whole: Load) -> list[int]:
    """Return the numbers of workers of the ways on 16 CPUs, if making a worker takes 3 ms: the best first."""
    kind = jobs.load("function")
    usual = {axis.name: axis.default() for axis in kind.axes}
    field = Field(kind, {**usual, "function": "math:sqrt", "items": "range(1000)"}, "fork")
    price = Price(16, 0.04, 0.008, 1e-5, 1e-5, 0.0, 0.0, 0.0)
    return list(dict.fromkeys(way.workers for way in ways("pool", field, part, whole, price, Host(16.0))))


def test_few_workers_do_a_short_job() -> None:
    """Of 60 ms each of 4 workers does 15 ms, and all are made in 12: 27 ms. 16 workers are not made before 48 ms."""
    short = computing(1000, 60e-6)
    assert 4 == counts_of(short, short)[0]


def test_few_workers_that_cannot_win_are_not_looked_at() -> None:
    """Of ten seconds 16 workers leave 0.7; a way that takes twice as long, with up to 7 workers, is none."""
    long = computing(1000, 0.01)
    assert {2, 4}.isdisjoint(counts_of(long, long))


def test_all_cpus_do_a_long_job_of_which_a_part_is_measured() -> None:
    """A part of 60 ms would have 4 workers; the ten seconds that are asked about have 16, and the part has them too."""
    assert 16 == counts_of(computing(1000, 60e-6), computing(170_000, 60e-6))[0]


@pytest.mark.parametrize(
    ("threads", "why"),
    [
        pytest.param(Threads(), "the function holds the interpreter lock", id="the function"),
        pytest.param(Threads(lock_by="gmpy2.gmpy2"), "gmpy2.gmpy2 switched the interpreter lock on", id="a module"),
        pytest.param(Threads(fail="ValueError: no"), "fails in threads: ValueError: no", id="an error"),
    ],
)
def test_threads_are_left_out_for_the_reason_that_was_found(threads: Threads, why: str) -> None:
    """In a build without the lock a module may have switched it on, which is no fault of the function's."""
    kind = jobs.load("primes")
    field = Field(kind, {axis.name: axis.default() for axis in kind.axes}, "fork")
    load = Load(50, (0.5,), (0.02,), cpu=1.0, lock=1.0, item_bytes=5.0, result_bytes=5.0)
    kept, left = members(("pool", "thread-pool"), field, load, 2, threads)
    assert kept == ["pool"]
    assert why in left["thread-pool"]
