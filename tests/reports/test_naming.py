"""Names of cases: what tells them apart, and short ones for services."""

from __future__ import annotations

import pytest

from bench.core.case import Case
from bench.reports.naming import apart, short
from tests.support.records import backend


def named(*cases):
    """Return the short names of cases."""
    told = [
        {"id": case.id, "family": case.family, "member": case.member, "params": dict(case.params)} for case in cases
    ]
    return list(short(told).values())


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (backend("pool", 2), "pool, 2 workers"),
        (backend("serial"), "serial, 1 worker"),
        (backend("pool", 4, start="spawn", task="number"), "pool, 4 workers, spawn, task number"),
        (backend("pool", 2, workload="1000000:2000000"), "pool, 2 workers, workload 1000000:2000000"),
        (Case.of("channels", "pipe", {"size": 8, "pattern": "pingpong"}), "pipe"),
        (Case.of("channels", "pipe", {"size": 64, "pattern": "stream"}), "pipe, pattern stream, size 64"),
        (Case.of("primitives", "lock", {"parties": 1, "pattern": "contended"}), "lock, 1 party"),
    ],
)
def test_a_short_name_tells_what_differs_from_a_plain_command(case, name):
    """Counts are always told, whose default is that of the machine; other values where they are not the default."""
    assert [name] == named(case)


def test_names_depend_on_the_case_alone():
    """Beside others a case is called as it is alone, so that a service finds it again."""
    cases = (backend("pool", 2), backend("pool", 2, start="spawn"), backend("pool", 2, workload="textbook"))
    assert [named(case)[0] for case in cases] == named(*cases)


def test_equal_short_names_give_way_to_ids():
    """Two families with a member of one name, and nothing that tells them apart: both keep their whole names."""
    one, other = Case.of("channels", "same", {"size": 8}), Case.of("primitives", "same", {})
    assert [one.id, other.id] == named(one, other)


def test_what_tells_cases_apart():
    """The member, the side, and the axes that are asked for and mean something."""
    assert "pool head workers=2" == apart(backend("pool", 2), ["workers", "phase"][:1], "head")
    assert "serial workers=1" == apart(backend("serial"), ["workers", "start"])
