"""concurrent.futures.ThreadPoolExecutor.map: threads of one process, which take turns at the interpreter lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import in_batches
from bench.families.backends._executors import open_executor
from bench.families.backends._pin import initializer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "threads"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor; its map takes no notice of a chunk size, so larger messages are made for it."""
    with open_executor(ThreadPoolExecutor(crew.workers, **initializer(crew))) as executor:
        yield in_batches(executor.map)
