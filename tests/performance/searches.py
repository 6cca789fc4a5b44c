"""Cases to measure visits with: prime searches by one of the backends."""

from __future__ import annotations

from bench.core.case import Case
from bench.families.backends._family import FAMILY
from bench.jobs.primes import JOB


def search(backend: str, workload: str, **chosen: int) -> Case:
    """Return a search; axes that are not chosen have their default."""
    params = {axis.name: axis.default() for axis in (*FAMILY.axes, *JOB.axes)} | {"workload": workload} | chosen
    return Case.of(FAMILY.name, backend, FAMILY.fit(backend, params, JOB))
