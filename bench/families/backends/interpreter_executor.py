"""concurrent.futures.InterpreterPoolExecutor.map: interpreters of one process, each with a lock of its own (3.14+)."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._batches import FUNCTION, chunks, definition, in_batches
from bench.families.backends._executors import open_executor
from bench.families.backends._pin import pin
from bench.families.backends._setups import argument, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "interpreters"
_REFUSED = re.compile(r"module (\S+) does not support loading in subinterpreters")


def missing() -> str | None:
    """Say why there are no such executors here."""
    if sys.version_info >= (3, 14):
        return None
    return f"InterpreterPoolExecutor came with Python 3.14; this is {sys.version_info.major}.{sys.version_info.minor}."


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor; its map takes no notice of a chunk size, so larger messages are made for it."""
    if sys.version_info >= (3, 14):
        from concurrent.futures import InterpreterPoolExecutor

        with _tickets(crew) as tickets, open_executor(InterpreterPoolExecutor(crew.workers, **tickets)) as executor:
            yield _naming_what_refuses(in_batches(executor.map))
    else:
        raise NotImplementedError(missing())


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this.

    What an interpreter is to do is a function of the program itself: for that one it loads the program, and so has the
    same folders to import from.
    """
    return f"""\
from concurrent.futures import InterpreterPoolExecutor

{_begin(setup)}{definition(function)}
{chunks(items, chunksize or 1)}
with InterpreterPoolExecutor({crew.workers}{argument("begin_worker" if setup else "")}) as executor:
    results = [result for chunk in executor.map({FUNCTION}, chunks) for result in chunk]
"""


def _begin(setup: str) -> str:
    return f"def begin_worker():\n{first(setup)}\n" if setup else ""


def _naming_what_refuses(mapper: Mapper) -> Mapper:
    """Return the mapper, whose error names the module that no second interpreter can load, if one is the reason.

    Python says then that an object cannot be shared, or that an import fails, and the reason stands in what led to it.
    """

    def naming(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        try:
            return mapper(task, items, chunksize)
        except Exception as error:
            module = refusing(error)
            if module is None:
                raise
            raise ImportError(f"{module} does not support interpreters; choose processes, or do without it") from error

    return naming


def refusing(error: BaseException) -> str | None:
    """Return the module that could not be loaded because it is made for the first interpreter alone, or None."""
    cause: BaseException | None = error
    while cause is not None:
        found = _REFUSED.search(str(cause))
        if found:
            return found[1]
        cause = cause.__cause__ or cause.__context__
    return None


@contextmanager
def _tickets(crew: Crew) -> Iterator[dict[str, Any]]:
    """Lend the keyword arguments with which interpreters pin themselves; none when they are not to be pinned."""
    if crew.cpus is None:
        yield {}
        return
    # Interpreters share no objects that could be counted up, but they share open files: each takes a ticket.
    reader, writer = os.pipe()
    try:
        os.write(writer, bytes(index % len(crew.cpus) for index in range(crew.workers)))
        yield {"initializer": _pin_by_ticket, "initargs": (reader, crew.cpus)}
    finally:
        os.close(reader)
        os.close(writer)


def _pin_by_ticket(reader: int, cpus: tuple[int, ...]) -> None:
    pin(os.read(reader, 1)[0], cpus)
