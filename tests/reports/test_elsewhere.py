"""Tests of what a cluster changes of the figures of a record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.case import Case
from bench.core.record import Result
from bench.core.reference import Role
from bench.reports.doubts import doubted
from bench.reports.views.show import show
from bench.samples.attainable import attainable
from bench.samples.dataset import from_record
from bench.samples.rows import rows_of
from bench.store import record_file
from tests.support.records import MACHINE, backend, processes, record

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


@pytest.fixture
def limited(measured):
    """Return that record with a ceiling of the cluster's own workers, four of which are half as fast as the others."""
    params = dict(backend("ceiling", 16).params) | {"start": "hosts"}
    there = Case.of("backends", "ceiling", params)
    result = Result(there, tuple(processes(there, 0.05)))
    result.processes[0].metadata["primebench_ceiling_adds_rates"] = 1
    result.processes[0].metadata["primebench_ceiling_apart"] = 2.0
    references = {key: dict(found) for key, found in measured.plan.references.items()}
    references[DASK.id][Role.LIMIT] = there.id
    references[there.id] = dict(references[DASK.id])
    plan = replace(measured.plan, cases=(*measured.plan.cases, there), references=references)
    return replace(measured, plan=plan, results={**measured.results, there.id: result})


def test_workers_of_a_cluster_are_limited_by_copies_on_them(limited):
    """Copies there would do in 50 ms what takes 100 ms: half of the ceiling, and not twice that of this machine.

    Unlike workers are no doubt, for each copy counts for itself; the report says how unlike.
    """
    rows = {row.key: row for row in doubted(limited)}
    assert 0.5 == pytest.approx(rows[DASK.id].of_ceiling)
    assert rows[POOL.id].of_ceiling == pytest.approx(1.0)
    assert not any(row.doubts for row in rows.values())
    said = " ".join(show(limited).data["notes"])
    assert "up to 2.00 times as long" in said and "dask ran on" in said and "of what the cluster can give" in said
    assert "serial loop, the warning" in said


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
