"""Each Python of a dataset as a dataset of its own, and the files that are compared by Python."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.errors import UsageError
from bench.core.python import Python
from bench.core.reason import Kind
from bench.core.record import key_of
from bench.core.side import Side
from bench.samples import dataset, pairing
from tests.support.records import backend, record

POOL = backend("pool", 2)


def sided(name, **pythons):
    """Return the dataset of what ``run --python`` leaves: side -> (version, seconds of the pool; None if it failed)."""
    made = record({POOL: 1.0})
    sides = {
        side: Side(side, facts=Python("CPython", version, "GCC 12", False, True, True, "generational", "fork"))
        for side, (version, _) in pythons.items()
    }
    given = {side: seconds for side, (_, seconds) in pythons.items()}
    results = {
        key_of(POOL, side): replace(record({POOL: [seconds]}).results[POOL.id], side=side)
        for side, seconds in given.items()
        if seconds is not None
    }
    failed = record({}, failures={POOL: ("crashed", "why")}).failures[POOL.id]
    failures = {key_of(POOL, side): replace(failed, side=side) for side, seconds in given.items() if seconds is None}
    plan = replace(made.plan, measured_by={POOL.id: tuple(given)})
    return dataset.from_record(replace(made, plan=plan, sides=sides, results=results, failures=failures), name)


def plain(name, version, seconds):
    """Return the dataset of a record that one Python has left without being asked for by name."""
    return dataset.from_record(record({POOL: [seconds]}, machine={"python_version": version}), name)


def ratios(*datasets):
    """Return what divides what: (base, other, how many times as long) of each pair along python."""
    found = pairing.between(pairing.PYTHON_AXIS, datasets)
    return [
        (one.base_value[8:], one.other_value[8:], one.other.samples[0][0] / one.base.samples[0][0])
        for one in found.pairs
    ]


@pytest.mark.parametrize(
    ("base", "other"),
    [
        (sided("a", one=("3.11.7", 2.0)), sided("b", two=("3.13.0", 6.0))),
        (sided("a", one=("3.11.7", 2.0)), plain("b", "3.13.0", 6.0)),
        (plain("a", "3.11.7", 2.0), sided("b", two=("3.13.0", 6.0))),
    ],
    ids=["both", "first", "second"],
)
def test_a_case_is_the_same_whether_its_python_was_named_or_not(base, other):
    """Two seconds by 3.11.7 and six by 3.13.0 are three times as long, whatever began the records."""
    assert [("3.11.7", "3.13.0", 3.0)] == ratios(base, other)


def test_every_python_of_all_files_is_compared_with_the_first():
    """Three seconds of 3.12.1, four of 3.13.0 and eight of 3.14.4 are divided by the two of 3.11.7."""
    first = sided("a", one=("3.11.7", 2.0), two=("3.12.1", 3.0))
    second = sided("b", one=("3.13.0", 4.0), two=("3.14.4", 8.0))
    expected = [("3.11.7", "3.12.1", 1.5), ("3.11.7", "3.13.0", 2.0), ("3.11.7", "3.14.4", 4.0)]
    assert expected == ratios(first, second)


@pytest.mark.parametrize("again", [sided("b", one=("3.13.0", 4.0)), plain("b", "3.13.0", 4.0)], ids=["sided", "plain"])
def test_a_python_beside_others_stands_in_one_file(again):
    """The message names the Python, both files, and the one that can be compared with itself."""
    several = sided("a", one=("3.11.7", 2.0), two=("3.13.0", 3.0))
    with pytest.raises(UsageError, match=r"CPython 3\.13\.0 is in a and in b, .*compare a --by python"):
        ratios(several, again)


def test_two_files_of_one_python_each_are_sessions_of_it_beside_a_file_of_several():
    """Neither holds another Python: both times of 3.13.0, 4 and 8 s, stand against the first of the other file."""
    several = sided("a", one=("3.11.7", 2.0), two=("3.12.1", 3.0))
    found = pairing.between("python", [several, sided("b", one=("3.13.0", 4.0)), plain("c", "3.13.0", 8.0)])
    (_, last) = found.pairs
    assert (((4.0,), (8.0,)), (1, 1)) == (last.other.samples, last.other.sessions)


def test_what_failed_under_one_python_says_why():
    """The failure stands with its Python, not as a case that was never measured."""
    found = pairing.between(pairing.PYTHON_AXIS, [sided("a", one=("3.11.7", 2.0)), sided("b", two=("3.13.0", None))])
    (only,) = found.unmatched
    assert (POOL.id, "CPython 3.13.0", Kind.FAILED, True) == (only.id, only.where, only.reason.kind, only.failed)
