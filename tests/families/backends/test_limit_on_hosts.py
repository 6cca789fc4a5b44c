"""The ceiling of what runs on a cluster: its own workers make the copies."""

from __future__ import annotations

import pytest

from bench.core.plan import draw
from bench.core.reference import Role
from bench.engine.cluster import is_on_hosts
from bench.families.backends._family import FAMILY
from bench.jobs.primes import JOB
from tests.support.skips import need

need("distributed")


@pytest.mark.parametrize(("address", "start"), [(None, "none"), ("tcp://10.0.0.1:8786", "hosts")])
def test_a_cluster_that_exists_has_a_ceiling_of_its_own(monkeypatch, address, start):
    """Without an address dask's workers are of this machine, and so is its ceiling; pool's is in both cases."""
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    if address:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    drawing = draw(FAMILY, ["dask", "pool"], {}, JOB)
    cases = {found.id: found for found in drawing.cases}
    limits = {found.member: cases[drawing.references[found.id][Role.LIMIT]] for found in drawing.cases}
    assert (start, "none") == (limits["dask"]["start"], limits["pool"]["start"])
    assert {"ceiling"} == {limit.member for limit in limits.values()}
    assert bool(address) == is_on_hosts(limits["dask"])
    assert not is_on_hosts(limits["pool"])
