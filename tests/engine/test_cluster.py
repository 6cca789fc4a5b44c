"""Tests of what a plan keeps on a cluster."""

from __future__ import annotations

from bench.core.case import Case
from bench.core.plan import EFFORTS, Plan
from bench.core.reference import Role
from bench.engine.cluster import Found, runnable


def test_what_the_cluster_lacks_is_skipped():
    """Cases of a kernel that a worker lacks are left out with one reason; those of this machine and of others stay.

    The ceiling there is one of them, and it is not the case that the reason names: nobody asked for it.
    """
    cases = [
        Case.of("backends", member, {"kernel": kernel, "workers": workers})
        for member in ("dask", "pool")
        for kernel in ("numba-sieve", "sieve")
        for workers in (1, 2)
    ]
    ceiling = Case.of("backends", "ceiling", {"kernel": "numba-sieve", "workers": 2, "start": "hosts"})
    plan = Plan((ceiling, *cases), (), EFFORTS["fast"], (0,), {cases[0].id: {Role.LIMIT: ceiling.id}})
    found = runnable(plan, Found(lacks={"numba-sieve": "tcp://10.0.0.1:1: numba is not installed"}))
    assert tuple(cases[2:]) == found.cases
    assert [("dask", "missing", "tcp://10.0.0.1:1: numba is not installed")] == [
        (skip.case.member, skip.kind, skip.reason) for skip in found.skips
    ]
    assert plan == runnable(plan, Found())
