"""A cluster ready for work: reached or made, its workers counted and compared, and watched until it is left."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.cluster.connection import connected
from bench.cluster.errors import ClusterFailed
from bench.cluster.local import local
from bench.cluster.watch import watching

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.cluster.access import Access
    from bench.cluster.watch import Watch

_WORKERS_S = 5.0  # for workers to come; those of a cluster that is being started may be later than we are


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster ready for work.

    Attributes:
        client: Dask's.
        workers: addresses of the workers to use.
        watch: what becomes of them.
        is_local: whether it was made here, for us alone.
        most: how many may be used at a time, where others come; None does not limit them.
    """

    client: Any
    workers: tuple[str, ...]
    watch: Watch
    is_local: bool
    most: int | None


@contextmanager
def opened(access: Access | None, workers: int | None, least: int = 1) -> Iterator[Cluster]:
    """Yield a cluster; one that was made here ends when it is left.

    Args:
        access: how its scheduler is reached; None makes a cluster of this machine.
        workers: how many are needed; None takes all that are there.
        least: how many those must be.

    Raises:
        ClusterFailed: it cannot be reached, or has fewer workers.
    """
    with ExitStack() as stack:
        if access is None:
            if workers is None:
                raise ValueError("a cluster of this machine has as many workers as it is told.")
            client = stack.enter_context(local(workers))
        else:
            client = stack.enter_context(connected(access))
        there = _awaited(client, workers or least)
        watch = stack.enter_context(watching(client))
        yield Cluster(client, there[:workers], watch, access is None, workers)


def _awaited(client: Any, workers: int) -> tuple[str, ...]:
    """Return the addresses of all workers once there are so many, those of the machines in turn."""
    from distributed.core import Status

    with suppress(TimeoutError):
        client.wait_for_workers(workers, timeout=_WORKERS_S)
    found = client.scheduler_info(n_workers=-1)["workers"]
    there = [address for address, told in found.items() if told["status"] == Status.running.name]
    if len(there) < workers:
        has = f"{len(there)} worker{'s' * (len(there) != 1)}" if there else "no worker"
        raise ClusterFailed(
            f"the cluster has {has} after {_WORKERS_S:g} s instead of the {workers} that it takes; start more with "
            f'"dask worker {client.scheduler.address} --nthreads 1", or ask for fewer.'
        )
    return in_turn(there)


def in_turn(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses so that one of each machine comes first, then a second one of each, and so on."""
    seen: Counter[str | None] = Counter()
    ranked = []
    for address in sorted(addresses):
        host = urlsplit(address).hostname
        ranked.append((seen[host], address))
        seen[host] += 1
    return tuple(address for _, address in sorted(ranked))
