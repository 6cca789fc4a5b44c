"""loky.get_reusable_executor: workers that outlive each job and are there for the next; they end with the process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking
from bench.families.backends._loky import STAYING, lent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "processes"
EXTRA = "loky"
FIXED = {"start": "none", "pin": "no"}  # loky starts its workers in a way of its own
NO_SNIPPET = "its first call makes the workers, as one of loky does; only those that follow find them."


def missing() -> str | None:
    """Say what to install."""
    return lacking("loky", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Take the executor that is there, or make it; after an error its workers are ended."""
    from loky import get_reusable_executor

    executor = get_reusable_executor(crew.workers, **STAYING)
    with lent(executor) as mapper:
        yield mapper
