"""Tasks for the workers of a cluster of Dask: handed out as they come, or one for each worker."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bench.families.backends._batches import batches
from bench.families.backends._sealed import done, packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from bench.cluster.opened import Cluster
    from bench.contract.backend import Crew, Task

_IN_FLIGHT = 8  # batches per worker that are handed over at a time: enough to hide the way, and bounded in memory


@contextmanager
def lent(crew: Crew) -> Iterator[ClusterMapper]:
    """Reach the scheduler that the environment names and take workers of it, or make a cluster of this machine."""
    from bench.cluster.access import asked_for
    from bench.cluster.opened import opened

    with opened(asked_for(), crew.workers) as cluster:
        yield ClusterMapper(cluster)


class ClusterMapper:
    """Has tasks done by the workers of a cluster, all of which must stay."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def __call__(self, task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        """Return the results in the order of the items."""
        submit = self._submit(task, workers=self.cluster.workers)
        batched = batches(items, chunksize or 1)
        results = self._done(submit, batched, _IN_FLIGHT * len(self.cluster.workers))
        return [result for part in results for result in part]

    def each(self, task: Task) -> list[Any]:
        """Return what each worker makes of a task: they are addressed one by one, so that none has to wait."""

        def submit(worker: str) -> Any:
            return self._submit(task, workers=[worker])((0,))

        return [result for (result,) in self._done(submit, self.cluster.workers, len(self.cluster.workers))]

    def _submit(self, task: Task, **options: Any) -> Any:
        # The scheduler unpickles what passes and pickles it again, and need not know the user's code; see `_sealed`.
        # Every argument would be hashed if tasks were pure, and a lost worker's would be done again with retries.
        submit = partial(self.cluster.client.submit, done, packed(task), pure=False, retries=0, **options)
        return lambda items: submit(packed(items))

    def _done(self, submit: Any, inputs: Iterable[Any], in_flight: int) -> list[Any]:
        from bench.cluster.watch import answers

        results: dict[int, Any] = {}
        check = partial(self.cluster.watch.check, self.cluster.workers)
        for answer in answers(self.cluster.client, submit, inputs, in_flight, check):
            if answer.error is not None:
                raise answer.error
            results[answer.index] = answer.result
        check()
        return [results[at] for at in range(len(results))]
