"""dask.distributed: one process per worker, one thread each, on a cluster of this machine or one that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families.backends._batches import FUNCTION, chunks, definition
from bench.families.backends._dask import lent
from bench.families.backends._extra import lacking

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "hosts"
EXTRA = "dask"
LIBRARY = "distributed"
FIXED = {"pin": "no"}


def missing() -> str | None:
    """Say what to install."""
    return lacking("distributed", EXTRA)


def open_mapper(crew: Crew) -> AbstractContextManager[Mapper]:
    """Reach the scheduler that the environment names and take workers of it, or make a cluster of this machine."""
    return lent(crew)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None) -> str:
    """Return the code that does this on a cluster of this machine."""
    return f"""\
from dask.distributed import Client, LocalCluster

{definition(function)}
{chunks(items, chunksize or 1)}
cluster = LocalCluster(n_workers={crew.workers}, threads_per_worker=1, dashboard_address=None)
with cluster, Client(cluster) as client:
    futures = [client.submit({FUNCTION}, chunk, pure=False) for chunk in chunks]
    results = [result for chunk in client.gather(futures) for result in chunk]
"""
