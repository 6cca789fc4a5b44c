"""Ending queues that have a feeder thread, also when the peer is dead. Loaded in worker processes."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue
    from typing import Any


@contextmanager
def closing(*queues: Queue[Any]) -> Iterator[None]:
    """Close the queues on leaving, whatever is left in them."""
    try:
        yield
    finally:
        for queue in queues:
            # When the peer is dead nobody empties the pipe, and the feeder thread would be waited for in vain.
            queue.cancel_join_thread()
            queue.close()
