"""What is said before anything is started."""

from __future__ import annotations

import os
import resource
from types import SimpleNamespace

import pytest

from bench.core.case import Case
from bench.core.limits import limits
from bench.core.plan import EFFORTS, Plan
from bench.engine import preflight
from tests.support.records import work_of


def plan(member: str = "pool", **params) -> Plan:
    """Return a plan of one case of the backends."""
    case = Case.of("backends", member, {"workers": 2, "workload": "default", "task": "chunk"} | params)
    return Plan((case,), (), EFFORTS["fast"], (0, 1), {}, work={case.id: work_of(case)})


def test_nothing_to_say_on_a_roomy_machine():
    """Two workers on two CPUs with ample limits lead to no warning."""
    assert () == preflight.warnings(plan(), usable_cpus=2)


def test_more_workers_than_cpus():
    """Three workers on two and a half CPUs are said, with both numbers."""
    (warning,) = preflight.warnings(plan(workers=3), usable_cpus=2.5)
    assert "3 workers are more than the 2.5 usable CPUs" in warning


def test_few_descriptors(monkeypatch):
    """A hundred workers under a limit of 64 open files are said, with the limit."""
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (64, 64))
    (warning,) = preflight.warnings(plan(workers=100), usable_cpus=200)
    assert "only 64 are allowed" in warning


def test_unlimited_descriptors(monkeypatch):
    """No limit, no warning."""
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (resource.RLIM_INFINITY,) * 2)
    assert () == preflight.warnings(plan(workers=1000), usable_cpus=2000)


@pytest.mark.parametrize(
    ("task", "free_mib", "warned"),
    [("number", 9, True), ("number", 30, False), ("chunk", 9, False), ("chunk", 2, True)],
)
def test_tiny_shared_memory(monkeypatch, task, free_mib, warned):
    """Ten million numbers need ten megabytes one by one and an eighth of that as flags, and a megabyte to spare."""
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_bavail=free_mib, f_frsize=2**20))
    found = preflight.warnings(plan("shared-memory", task=task, workload="0:10000000"), usable_cpus=2)
    assert warned == bool(found)


def test_limits_are_those_of_the_system():
    """The limits that are shown are those that the system reports."""
    found = limits()
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert (None if soft == resource.RLIM_INFINITY else soft) == found["open_files"]
    assert found["shm_free_bytes"] is None or found["shm_free_bytes"] > 0
