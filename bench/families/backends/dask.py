"""dask.distributed on a cluster of this machine: one process per worker, one thread each, tasks kept by a scheduler."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from bench.families.backends._batches import batches
from bench.families.backends._extra import lacking
from bench.families.backends._tasks import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
EXTRA = "dask"
LIBRARY = "distributed"
FIXED = {"start": "none", "pin": "no"}  # its workers are made by spawn, whatever else is asked for

_IN_FLIGHT = 8  # batches per worker that are handed over at a time: enough to hide the way, and bounded in memory


def missing() -> str | None:
    """Say what to install."""
    return lacking("distributed", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Start a scheduler and workers that only this machine can reach, without a dashboard."""
    import dask
    from distributed import Client, LocalCluster, as_completed

    settings = {"distributed.worker.profile.enabled": False, "distributed.scheduler.work-stealing": False}
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=crew.workers, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        Client(cluster) as client,
    ):

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            parts = enumerate(batches(items, chunksize or 1))
            whole = Batch(task)
            results: dict[int, list[Any]] = {}
            places = {}

            def hand_over(count: int) -> list[Any]:
                futures = []
                for at, part in islice(parts, count):
                    future = client.submit(whole, part, pure=False, retries=0)
                    places[future.key] = at
                    futures.append(future)
                return futures

            running = as_completed(hand_over(_IN_FLIGHT * crew.workers), with_results=True)
            for future, result in running:
                results[places.pop(future.key)] = result
                running.update(hand_over(1))
            return [result for at in range(len(results)) for result in results[at]]

        yield mapper
