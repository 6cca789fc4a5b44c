"""Tests of `bench.store.schema_1`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.core.errors import UnreadableRecord
from bench.core.job import Work
from bench.core.reference import Role
from bench.store import record_file

RESULTS = Path(__file__).parents[2] / "results"


def test_members_that_others_are_measured_against_become_roles():
    """Of a run of schema 1, every backend's serial loop is its baseline and its ceiling its limit."""
    plan = record_file.load(RESULTS / "textbook-2cpu.json").plan
    pools = [case for case in plan.cases if case.member == "pool"]
    assert pools and all(plan.reference(case.id, Role.BASELINE).startswith("backends/serial ") for case in pools)
    assert all(plan.reference(case.id, Role.LIMIT).startswith("backends/ceiling ") for case in pools)
    assert {"serial": Role.BASELINE, "ceiling": Role.LIMIT} == {
        case.member: plan.roles[case.id] for case in plan.cases if case.id in plan.roles
    }


@pytest.mark.parametrize("name", ["selftest-epyc-2cpu.json.gz", "selftest-xeon-2cpu.json.gz"])
def test_the_control_of_a_paired_run_is_a_baseline(name):
    """A paired run of schema 1 told no references; its serial loop is known by its member."""
    plan = record_file.load(RESULTS / name).plan
    assert [Role.BASELINE] == [*plan.roles.values()]
    assert all(key.startswith("backends/serial ") for key in plan.roles)


def test_the_work_of_a_search_is_known_by_its_range():
    """A pool gets the textbook's 1,000 numbers one by one, and 100,000 in chunks; the loop is handed out nothing."""
    plan = record_file.load(RESULTS / "textbook-2cpu.json").plan
    found = {
        (case.member, case["task"], case["workload"]): plan.work[case.id] for case in plan.cases if case.id in plan.work
    }
    assert Work("textbook", 1000, "number", tasks=1000, result_bytes=1000) == found["pool", "number", "textbook"]
    assert Work("default", 100_000, "number", tasks=8, result_bytes=12_501) == found["pool", "chunk", "default"]
    assert Work("default", 100_000, "number", result_bytes=12_501) == found["serial", "none", "default"]
    assert {"backends"} == {case.family for case in plan.cases if case.id in plan.work}


@pytest.mark.parametrize("workload", ["1:x", "9:1", 7])
def test_a_range_that_is_none_is_damage(tmp_path, workload):
    """What is searched is read from the cases, so a range that cannot be is refused with its place."""
    data = json.loads((RESULTS / "one-cpu.json").read_text())
    data["primebench"]["plan"]["cases"][1]["params"]["workload"] = workload
    damaged = tmp_path / "r.json"
    damaged.write_text(json.dumps(data))
    with pytest.raises(
        UnreadableRecord, match=r"plan\.cases\[1\]\.params\.workload is .*; expected the name of a workload"
    ):
        record_file.load(damaged)
