"""What both backends on loky share: executors whose workers stay. Loaded in worker processes."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Mapper, Task


def keep_workers() -> None:
    """Switch off, in a worker, that one whose memory has grown is replaced: that would be noise."""
    from loky import process_executor

    process_executor._USE_PSUTIL = False


@contextmanager
def lent(executor: Any) -> Iterator[Mapper]:
    """Lend the mapper of an executor; after an error its workers are ended."""
    try:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            sizes = {} if chunksize is None else {"chunksize": chunksize}
            return list(executor.map(task, items, **sizes))

        yield mapper
    except BaseException:
        executor.shutdown(kill_workers=True)
        raise
