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


STAYING: dict[str, Any] = {"timeout": None, "initializer": keep_workers}
"""What an executor is made with, so that its workers neither end when idle nor are replaced when they have grown."""


@contextmanager
def lent(executor: Any) -> Iterator[Mapper]:
    """Lend the mapper of an executor; after an error its workers are ended."""
    try:
        yield _Mapper(executor)
    except BaseException:
        with _unsaid():
            executor.shutdown(kill_workers=True)
        raise


@contextmanager
def _unsaid() -> Iterator[None]:
    """Let nothing be logged meanwhile: of jobs that were given up already loky says that they cannot be ended."""
    import logging

    logger = logging.getLogger("concurrent.futures")  # loky's, too
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


class _Mapper:
    """Has tasks done by an executor whose workers stay."""

    def __init__(self, executor: Any) -> None:
        self._map = executor.map

    def __call__(self, task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        """Return the results in the order of the items."""
        sizes = {} if chunksize is None else {"chunksize": chunksize}
        return list(self._map(task, items, **sizes))

    @staticmethod
    def facts() -> dict[str, str]:
        """Return what `STAYING` has switched off."""
        return {"idle_timeout_s": "none", "memory_restarts": "off"}
