"""Which ways to do a job are looked at."""

from __future__ import annotations

import pytest

from bench.analysis.cost_model import Load
from bench.app.ways import Field, Threads, members, worker_counts
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


def test_work_that_computes_takes_as_many_workers_as_cpus() -> None:
    """Two CPUs and nothing to wait for: two workers."""
    assert worker_counts(
        Load(50, (0.5,), (0.02,), cpu=1.0, lock=1.0, item_bytes=5.0, result_bytes=5.0), 2.0, threads=False
    ) == (2,)


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
