"""Which ways to do a job are looked at."""

from __future__ import annotations

import pytest

from bench.analysis.cost_model import Load
from bench.app.ways import worker_counts


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
