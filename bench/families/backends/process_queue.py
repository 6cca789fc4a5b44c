"""multiprocessing.Process with a multiprocessing.Queue there and one back; a None for each worker ends them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._queues import between, open_queues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "processes"


_OPENED = """\
orders, answers = context.Queue(), context.Queue()
orders.cancel_join_thread()  # so that the program can end where an error leaves orders behind"""


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make both queues and the workers between them."""
    orders, answers = crew.context.Queue(), crew.context.Queue()
    try:
        with open_queues(crew, orders, answers) as mapper:
            yield mapper
    except BaseException:
        orders.cancel_join_thread()  # its feeder may hold orders that nobody will ever take
        raise
    finally:
        for queue in (orders, answers):
            queue.close()
            queue.join_thread()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return between(crew, function, items, chunksize, _OPENED, setup)
