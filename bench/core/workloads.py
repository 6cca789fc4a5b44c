"""Workloads as a user names them: those of ours, with whatever is wrong with a file told in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import catalog
from bench.core.errors import BrokenPlugin
from primes import workload
from primes.user_code import said

if TYPE_CHECKING:
    from primes.workload import Workload


def load(name: str) -> Workload:
    """Return the workload ``name`` for one worker.

    Raises:
        UnknownName: there is none of that name.
        BrokenPlugin: its file cannot be imported, or what it defines is no range.
    """
    catalog.check_name(workload.PACKAGE, name, "workload", "primebench list workloads")
    catalog.load(workload.PACKAGE, name, needs=("LO", "HI", "COUNT"))
    where = catalog.path(workload.PACKAGE, name)
    try:
        found = workload.load(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenPlugin(f"{where}: its numbers for a count of workers cannot be found ({said(error)}).") from error
    numbers = (found.lo, found.hi, found.count)
    if not all(isinstance(number, int) for number in numbers) or not 0 <= found.lo <= found.hi:
        raise BrokenPlugin(f"{where}: LO, HI and COUNT are {numbers}; they must be whole numbers, and 0 <= LO <= HI.")
    return found
