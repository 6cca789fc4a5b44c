"""Tests of what a cluster changes of the figures of a record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.reports.views.show import show
from bench.samples.attainable import attainable
from bench.samples.dataset import from_record
from bench.samples.rows import rows_of
from bench.store import record_file
from tests.support.records import MACHINE, backend, record

DASK, POOL = backend("dask", 16), backend("pool", 16)


@pytest.fixture
def measured():
    """Return a record of 16 workers on this machine's 8 CPUs and on a cluster with another one."""
    made = record({backend("serial"): 1.0, backend("ceiling", 16): 0.2, DASK: 0.1, POOL: 0.2})
    cluster = {"scheduler": "tcp://10.0.0.1:8786", "workers": 16, "encrypted": False, "x": None, "y": True}
    return replace(made, others=(replace(MACHINE, cpu_model="Model B", host_name="rack"),), cluster=cluster)


def test_the_cluster_comes_back_from_a_file(measured, tmp_path):
    """A record keeps its further machines and its cluster; an anonymous one neither address nor names."""
    record_file.save(measured, tmp_path / "a.json")
    assert measured == record_file.load(tmp_path / "a.json")
    record_file.save(measured, tmp_path / "b.json", anonymous=True)
    loaded = record_file.load(tmp_path / "b.json")
    assert [None, "Model B", None] == [
        loaded.others[0].host_name,
        loaded.others[0].cpu_model,
        loaded.cluster["scheduler"],
    ]
    assert "10.0.0.1" not in (tmp_path / "b.json").read_text()


def test_this_machine_limits_only_what_ran_on_it(measured):
    """Sixteen workers are too many for 8 CPUs here, and not on a cluster; nor is the ceiling here one there."""
    rows = {row.case.member: row for row in rows_of(measured)}
    assert rows["pool"].oversubscribed and not rows["dask"].oversubscribed
    assert rows["pool"].of_ceiling and rows["dask"].of_ceiling is None
    assert attainable(measured, POOL).speedup == 8
    assert attainable(measured, DASK) is None


def test_a_cluster_made_here_is_of_this_machine(measured):
    """Without a cluster in the record dask's workers were of this machine, and so are its limits."""
    rows = {row.case.member: row for row in rows_of(replace(measured, cluster={}, others=()))}
    assert rows["dask"].oversubscribed and rows["dask"].of_ceiling


def test_other_machines_make_another_data_set(measured):
    """Records of this machine alone, and of a cluster with an unlike one, are not of one machine."""
    here, there = (from_record(one, "x").identity for one in (replace(measured, others=()), measured))
    assert {name for name in here if here[name] != there[name]} == {"CPU model"}


def test_unlike_machines_are_said_to_be_unlike(measured):
    """The report names both machines, in what they differ, and what is of this one alone."""
    report = show(measured)
    assert {"Model A", "Model B"} == {line.partition(",")[0] for line in report.heading[:2]}
    said = " ".join(report.data["notes"])
    assert "unlike (CPU model)" in said and "16 workers" in said and "of this one alone" in said
    alike = show(replace(measured, others=(MACHINE,)))
    assert "unlike" not in " ".join(alike.data["notes"])
