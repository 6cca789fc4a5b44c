"""When results count as those of the plain loop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.core.errors import UsageError
from bench.jobs import _compare

NAN = math.nan


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1.0, 1.0 + 1e-12, False),
        (NAN, NAN, True),
        (NAN, 1.0, False),
        ([1.0, NAN], [1.0, NAN], True),
        ((1, 2), [1, 2], False),
        ({"a": NAN}, {"a": NAN}, True),
        ({"a": 1}, {"b": 1}, False),
        ("a", b"a", False),
        (1.0, "1.0", False),
        (np.array([1.0, NAN]), np.array([1.0, NAN]), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (np.array([1, 2]), np.array([[1, 2]]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.float64(2.0), 2.0, True),
    ],
)
def test_equal_means_equal(one, other, equal):
    """Arrays are compared element by element, NaN is itself, and a text is no number."""
    assert equal is _compare.same(one, other)


@pytest.mark.parametrize(("check", "error", "right"), [("approx", 1e-10, True), ("approx", 1e-8, False)])
def test_approximate_is_relative(check, error, right):
    """A relative error of 1e-9 is allowed, whatever the size."""
    compare = _compare.comparison(check)
    assert right is (compare([0], [1e6], [1e6 * (1 + error)]) is None)


def test_the_tolerance_can_be_said():
    """A relative error of one in a thousand passes for 1e-2, and not for 1e-4."""
    assert _compare.comparison("approx:1e-2")([0], [1.0], [1.001]) is None
    assert _compare.comparison("approx:1e-4")([0], [1.0], [1.001]) is not None


def test_the_first_difference_is_named():
    """Item, result and what the plain loop gives stand in one line."""
    said = _compare.comparison("equal")(["a", "b"], [1, 2], [1, 3])
    assert "item 1 ('b') gives 3; the plain loop gives 2." == said


@pytest.mark.parametrize(("results", "right"), [([2, 1, 1], True), ([1, 2, 2], False)])
def test_unordered_counts(results, right):
    """The same results as often as in the plain loop, in whatever order; also where they cannot be hashed."""
    for wrap in (int, lambda value: [value]):
        said = _compare.comparison("unordered")([0] * 3, [wrap(1), wrap(1), wrap(2)], list(map(wrap, results)))
        assert right is (said is None)


def test_a_check_of_ones_own(place):
    """It is called with items and results; None and True mean right, anything else is what is wrong."""
    (place / "other.py").write_text("def judge(items, results):\n    return None if items == results else 'no'\n")
    compare = _compare.comparison("other:judge")
    assert compare([1], [], [1]) is None
    assert "other:judge says 'no'" == compare([1], [], [2])


@pytest.mark.parametrize("text", ["equals", "approx:x", "approx:-1", "approx:nan", "approx:2"])
def test_what_is_no_check(text):
    """A word that is none of them, and a tolerance that is none."""
    with pytest.raises(UsageError, match="is no check"):
        _compare.check(text)


def test_a_value_that_cannot_be_shown():
    """A repr that raises, and one of a megabyte, make one short line."""

    class Mute:
        def __repr__(self):
            raise RuntimeError

    assert "a Mute that cannot be shown (RuntimeError)" == _compare.shown(Mute())
    assert 60 == len(_compare.shown("x\n" * 10**6))
