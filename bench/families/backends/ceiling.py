"""P independent copies of the serial loop, one pinned to each CPU, no pool at all: what the hardware can give.

Each copy keeps its own clock, and their rates are added: a CPU that is slow, or busy with something else, takes away
its own share and no more. The time for all copies would be that of the slowest one, and whoever hands out work as it is
done would be faster than "what the hardware can give". How long the orders travel is no matter of the hardware.

What runs on a cluster is limited by its workers and not by this machine: there each of them makes a copy.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from time import perf_counter

from bench.contract.backend import HOSTS
from bench.families.backends._workers import gather, open_piped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
COPIES = True
FIXED = {
    "start": "none",
    "chunksize": "none",
    "phase": "none",
    "pin": "none",
}


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Start the copies and let each do the whole search at the same time."""
    if crew.start == HOSTS:
        with _on_hosts(crew) as mapper:
            yield mapper
        return
    with open_piped(crew, _copy, [()] * crew.workers) as copies:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            for copy in copies:
                copy.send((task, items))
            return gather(copies)

        yield mapper


def _copy(pipe: Connection) -> None:
    while (order := pipe.recv()) is not None:
        pipe.send(_timed(*order))


@contextmanager
def _on_hosts(crew: Crew) -> Iterator[Mapper]:
    from bench.families.backends._dask import lent

    with lent(crew) as workers:
        yield lambda task, items, chunksize: workers.each(partial(_timed, task, items))


def _timed(task: Task, items: Sequence[Any], _number: int = 0) -> tuple[float, list[Any]]:
    begin = perf_counter()
    results = list(map(task, items))
    return perf_counter() - begin, results
