"""Which kernels the workers of a cluster cannot run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cluster.errors import ClusterFailed
from primes import lacking as there

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.cluster.opened import Cluster


def lacking(cluster: Cluster, kernels: Iterable[str], workers: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Return worker -> kernel -> why it cannot run there; those of a cluster made here are as this process is.

    Raises:
        ClusterFailed: a worker does not answer.
    """
    if cluster.is_local:
        return {worker: {} for worker in workers}
    workers = list(workers)
    found = cluster.client.run(there.lacking, tuple(kernels), workers=workers, on_error="return")
    for worker in workers:
        if not isinstance(found.get(worker), dict):
            raise ClusterFailed(f"the worker {worker} does not say which kernels it can run ({found.get(worker)!r}).")
    return dict(found)
