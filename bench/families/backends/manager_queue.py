"""multiprocessing.Manager().Queue() there and one back: every put and get is a request to the manager's process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._queues import between, open_queues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "processes"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Start the manager with both queues, and the workers between them."""
    with crew.context.Manager() as manager, open_queues(crew, manager.Queue(), manager.Queue()) as mapper:
        yield mapper


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    opened = "manager = context.Manager()\norders, answers = manager.Queue(), manager.Queue()"
    return between(crew, function, items, chunksize, opened, setup) + "manager.shutdown()\n"
