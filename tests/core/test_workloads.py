"""Workloads by name, and what is said about files that are none."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from bench.core import catalog, workloads
from bench.core.errors import BrokenPlugin, UnknownName


def test_ours_are_found():
    """The textbook's thousand numbers hold as many primes as published: pi(1001000) - pi(1000000) = 78573 - 78498."""
    found = workloads.load("textbook")
    assert (1000, 75) == (len(found), found.count)


def test_an_unknown_name_is_wrong_usage():
    """A wrong name offers the nearest."""
    with pytest.raises(UnknownName, match="did you mean textbook"):
        workloads.load("textbok")


@pytest.mark.parametrize(
    "numbers",
    [{"LO": "0", "HI": 10, "COUNT": 4}, {"LO": 10, "HI": 0, "COUNT": 0}, {"LO": 0, "HI": 10.0, "COUNT": 4}],
    ids=str,
)
def test_what_is_no_range_is_refused(monkeypatch, numbers):
    """Numbers of a wrong type, and a range that is reversed, are told in one line with the file."""
    made = ModuleType("primes.workloads.made")
    vars(made).update(numbers)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setattr(catalog, "names", lambda _package: ("made",))
    with pytest.raises(BrokenPlugin, match=r"made.py: LO, HI and COUNT are .*; they must be whole numbers"):
        workloads.load("made")


def test_a_workload_that_fails_is_one_sentence(monkeypatch):
    """What a growing workload raises is told in one line with the file."""

    def scaled(_workers):
        raise SystemExit(0)

    made = ModuleType("primes.workloads.made")
    vars(made).update(LO=0, HI=10, COUNT=4, scaled=scaled)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setattr(catalog, "names", lambda _package: ("made",))
    with pytest.raises(BrokenPlugin, match=r"made.py: .*\(SystemExit: 0\)\.$"):
        workloads.load("made")
