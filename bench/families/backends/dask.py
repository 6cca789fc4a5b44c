"""dask.distributed: one process per worker, one thread each, on a cluster of this machine or one that exists."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bench.families.backends._batches import batches
from bench.families.backends._extra import lacking
from bench.families.backends._tasks import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "hosts"
EXTRA = "dask"
LIBRARY = "distributed"
FIXED = {"pin": "no"}

_IN_FLIGHT = 8  # batches per worker that are handed over at a time: enough to hide the way, and bounded in memory


def missing() -> str | None:
    """Say what to install."""
    return lacking("distributed", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Reach the scheduler that the environment names and take workers of it, or make a cluster of this machine."""
    from bench.cluster.access import asked_for
    from bench.cluster.opened import opened
    from bench.cluster.watch import answers

    with opened(asked_for(), crew.workers) as cluster:
        client, workers = cluster.client, cluster.workers

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            # Every argument would be hashed if tasks were pure, and a lost worker's would be done again with retries.
            submit = partial(client.submit, Batch(task), pure=False, retries=0, workers=workers)
            results: dict[int, list[Any]] = {}
            check = partial(cluster.watch.check, workers)
            for answer in answers(client, submit, batches(items, chunksize or 1), _IN_FLIGHT * len(workers), check):
                if answer.error is not None:
                    raise answer.error
                results[answer.index] = answer.result
            check()
            return [result for at in range(len(results)) for result in results[at]]

        yield mapper
