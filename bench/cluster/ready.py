"""What is done once with a cluster before work is given to it, and undone when it is left."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.cluster import settings, versions
from bench.cluster.access import warning
from bench.cluster.code import lent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bench.cluster.opened import Cluster


@contextmanager
def ready(
    cluster: Cluster,
    warn: Callable[[str], None],
    note: Callable[[str], None],
    user_code: Mapping[str, Path] | None = None,
    *,
    measured: bool = False,
) -> Iterator[Callable[[str], list[str]]]:
    """Let all sides of a cluster understand each other until this is left; those of a cluster made here do.

    Yields what does the same with a worker that comes later: its address -> sentences on what may be of harm and on
    what is sent to it; ClusterFailed as below.

    Args:
        cluster: one that is open.
        warn: takes a sentence on what may be of harm.
        note: takes a sentence on what is sent to it.
        user_code: see `bench.cluster.code.lent`.
        measured: whether it is to be measured, which some clusters cannot be.

    Raises:
        ClusterFailed: a side has another Python, or another primebench, or it cannot be measured.
    """
    if cluster.is_local:
        yield lambda _worker: []
        return
    client = cluster.client
    if plain := warning([client.scheduler.address, *cluster.workers]):
        warn(plain)
    for sentence in versions.compared(client):
        warn(sentence)
    if measured:  # behind the versions: from here on code is sent
        settings.refuse(client, client.scheduler_info(n_workers=-1)["workers"])
    with lent(client, note, user_code) as lend:

        def compare(worker: str) -> list[str]:
            told = None if plain else warning([worker])
            return [*([told] if told else []), *versions.compared_with(client, worker), *lend(worker)]

        yield compare
