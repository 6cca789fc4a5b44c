"""concurrent.futures.ThreadPoolExecutor.map: threads of one process, which take turns at the interpreter lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import chunks, in_batches
from bench.families.backends._executors import open_executor
from bench.families.backends._pin import initializer
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "threads"


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor; its map takes no notice of a chunk size, so larger messages are made for it."""
    with open_executor(ThreadPoolExecutor(crew.workers, **initializer(crew))) as executor:
        yield in_batches(executor.map)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this; as map takes no notice of a chunk size, larger messages are made for it."""
    if chunksize is None or chunksize == 1:
        return f"""\
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor({crew.workers}{argument(setup)}) as executor:
    results = list(executor.map({function}, {items}))
"""
    return f"""\
from concurrent.futures import ThreadPoolExecutor

{chunks(items, chunksize)}
with ThreadPoolExecutor({crew.workers}{argument(setup)}) as executor:
    done = executor.map(lambda chunk: [{function}(item) for item in chunk], chunks)
    results = [result for chunk in done for result in chunk]
"""
