"""What an answer rests on, as a record keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bench.analysis.cost_model import Host, Load
from bench.app import evidence
from bench.app.evidence import LOAD, Basis
from bench.app.ways import Field
from bench.core import jobs
from bench.core.errors import UnreadableRecord
from tests.support.records import backend, record

FIELD = Field(jobs.load("primes"), {"workload": "0:300"}, "fork")


def load(*costs_s: float) -> Load:
    """Return a job of a thousand items, of which so many were sampled."""
    return Load(1000, tuple((at + 0.5) / len(costs_s) for at in range(len(costs_s))), costs_s, 1.0, None, 0.0, 0.0)


def kept(whole: Load, part: Load) -> Basis:
    """Return a basis of a job and a part of it as it is read again."""
    facts = evidence.told(Basis(whole, part, 1, Host(2.0), {}), FIELD, 1.0, interrupted=False)
    return read(facts)


def read(facts: dict[str, Any]) -> Basis:
    """Return the basis that a record with these facts has."""
    found = evidence.basis_of(replace(record({backend("pool", 2): 1.0}), jobs=facts))
    assert found is not None
    return found


def test_one_huge_item_is_kept() -> None:
    """Of 300 items one takes 100 times as long; a mean of it and its neighbours would be a fifth of that."""
    found = kept(load(*[1e-3] * 150, 0.1, *[1e-3] * 149), load(2e-3))
    assert [0.1] == [cost for cost in found.whole.costs_s if cost > 1e-3]
    assert (300, (2e-3,)) == (len(found.whole.costs_s), found.load.costs_s)


def test_three_digits_are_kept() -> None:
    """A cost is known no better than that."""
    assert kept(load(1.23456e-5), load(1.23456e-5)).load.costs_s == (1.23e-5,)


def test_of_many_costs_some_are_picked() -> None:
    """Of 6,000 costs every third stays as it was."""
    every = [100.0 + at for at in range(6000)]
    found = evidence.picked(every, 2000)
    assert every[1::3] == found


def test_older_records_are_read() -> None:
    """Records once held means of neighbours, each in a key of its own."""
    facts = evidence.told(Basis(load(1.0), load(1.0), 1, Host(2.0), {}), FIELD, 1.0, interrupted=False)
    old = {key: value for key, value in facts[LOAD].items() if not key.endswith("costs")}
    found = read({LOAD: {**old, "lock": 1.0, "whole_cost_00": 0.1, "whole_cost_01": 0.2, "cost_00": 0.3}})
    assert ((0.1, 0.2), (0.3,), 1.0) == (found.whole.costs_s, found.load.costs_s, found.load.lock)


@pytest.mark.parametrize(
    "damage", [{"whole_costs": ""}, {"whole_costs": "1.0 x"}, {"count": "many"}, {"whole_costs": 3}]
)
def test_damaged_facts_are_refused(damage: dict[str, Any]) -> None:
    """What cannot be read is said, and no traceback."""
    facts = evidence.told(Basis(load(1.0), load(1.0), 1, Host(2.0), {}), FIELD, 1.0, interrupted=False)
    with pytest.raises(UnreadableRecord, match="ask for advice anew"):
        read({LOAD: {**facts[LOAD], **damage}})
