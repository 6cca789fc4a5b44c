"""loky.ProcessPoolExecutor.map: as concurrent.futures, with its own way to start workers and cloudpickle."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking
from bench.families.backends._loky import STAYING, lent
from bench.families.backends._setups import argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contract.backend import Crew, Mapper

PARALLELISM = "processes"
EXTRA = "loky"
FIXED = {"start": "none", "pin": "no"}  # loky starts its workers in a way of its own
LOADS_PROGRAM = False


def missing() -> str | None:
    """Say what to install."""
    return lacking("loky", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Make an executor whose workers neither end when idle nor are replaced when they have grown."""
    from loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(crew.workers, **STAYING)
    with lent(executor) as mapper:
        yield mapper
    executor.shutdown()


def snippet(crew: Crew, function: str, items: str, chunksize: int | None, setup: str = "") -> str:
    """Return the code that does this."""
    return f"""\
from loky import ProcessPoolExecutor

with ProcessPoolExecutor({crew.workers}, timeout=None{argument(setup)}) as executor:
    results = list(executor.map({function}, {items}, chunksize={chunksize or 1}))
"""
