"""Several items in one message, for interfaces that send one item per message: as a mapper, and as code to paste."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from bench.families.backends._tasks import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from bench.contract.backend import Mapper, Task


def batches(items: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the items in order, ``size`` at a time, the last time perhaps fewer."""
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch


def in_batches(search: Callable[[Task, Iterable[Any]], Iterable[Any]]) -> Mapper:
    """Return the mapper that calls ``search(task, items) -> results in order`` with a batch for each item."""

    def mapper(task: Task, items: Iterable[Any], chunksize: int | None) -> list[Any]:
        if chunksize is None or chunksize == 1:
            return list(search(task, items))
        return list(chain.from_iterable(search(Batch(task), batches(items, chunksize))))

    return mapper


FUNCTION = "map_chunk"
"""Name of the function that `definition` defines."""


def definition(function: str) -> str:
    """Return the lines of a function that does a chunk; `function` is looked up once for all its items."""
    return f"def {FUNCTION}(chunk):\n    return list(map({function}, chunk))\n"


def chunks(items: str, size: int) -> str:
    """Return the line that cuts the items into chunks of this size."""
    return f"chunks = [{items}[at : at + {size}] for at in range(0, len({items}), {size})]"
