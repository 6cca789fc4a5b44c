"""The plain loop in one process: what every speed-up is measured against."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "none"
FIXED = {
    "workers": 1,
    "start": "none",
    "chunksize": "none",
    "phase": "none",
    "pin": "none",
}


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Run the task on every item, one after the other; the crew is this process."""
    yield lambda task, items, chunksize: list(map(task, items))


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the plain loop."""
    before = f"{setup}()\n" if setup else ""
    return f"{before}results = [{function}(item) for item in {items}]\n"
