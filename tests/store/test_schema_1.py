"""Tests of `bench.store.schema_1`."""

from __future__ import annotations

from pathlib import Path

import pytest

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
