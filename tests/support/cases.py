"""Cases that real processes can measure: with every axis of their family and their job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import jobs
from bench.core.case import Case
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from bench.core.case import Value


def usual(backend: str, job: str = "primes", /, **chosen: Value) -> Case:
    """Return a case of the backends; axes that are not chosen have their default."""
    kind = jobs.load(job)
    defaults = {axis.name: axis.default() for axis in (*FAMILY.axes, *kind.axes)}
    return Case.of(FAMILY.name, backend, FAMILY.fit(backend, defaults | chosen, kind))
