"""When results count as those of the plain loop."""

from __future__ import annotations

import math
import pickle
import time
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from bench.core.errors import UsageError
from bench.jobs import _compare
from bench.jobs._same import same

NAN = math.nan


@dataclass
class Point:
    """A result with fields."""

    x: float
    more: object


@dataclass
class Same:
    """A result that is equal to all of its kind."""

    x: int

    def __eq__(self, other):
        """Compare nothing."""
        return isinstance(other, Same)

    __hash__ = None


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
        (np.array([NAN, "a"], object), np.array([NAN, "a"], object), True),
        (np.array([NAN, "a"], object), np.array([NAN, "b"], object), False),
        (np.array(["NaT", "2020-01-01"], "M8[D]"), np.array(["NaT", "2020-01-01"], "M8[D]"), True),
        (np.array(["NaT"], "M8[D]"), np.array(["2020-01-01"], "M8[D]"), False),
        (np.array([(1, NAN)], "i4,f8"), np.array([(1, NAN)], "i4,f8"), True),
        (np.array([(1, NAN)], "i4,f8"), np.array([(1, 2.0)], "i4,f8"), False),
        (complex(NAN, 1), complex(NAN, 1), True),
        (10**400, 1.0, False),
        (Decimal("NaN"), Decimal("NaN"), True),
        (Decimal("NaN"), Decimal(1), False),
        ({1.0, NAN}, {1.0, float("nan")}, True),
        ({1.0, NAN}, {2.0, float("nan")}, False),
        (Point(NAN, [1.0]), Point(float("nan"), [1.0]), True),
        (Point(NAN, np.array([1, 2])), Point(float("nan"), np.array([1, 2])), True),
        (Point(1.0, np.array([1, 2])), Point(1.0, np.array([1, 3])), False),
        (np.dtype("i4"), np.dtype("i4"), True),
        (np.dtype("i4"), np.dtype("i8"), False),
        (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 2]), True),
        (np.polynomial.Polynomial([1, 2]), np.polynomial.Polynomial([1, 3]), False),
        (np.random.default_rng(1), np.random.default_rng(2), False),
    ],
)
def test_equal_means_equal(one, other, equal):
    """Arrays are compared element by element, NaN is itself, and a text is no number."""
    assert equal is same(one, other)


@pytest.mark.parametrize(
    ("values", "mask", "equal"),
    [
        ([1, 2, 3], [False, True, False], True),
        ([1, 9, 3], [False, True, False], True),
        ([1, 2, 3], [False, False, False], False),
        ([1, 2, 3], [False, True, True], False),
        ([9, 2, 3], [False, True, False], False),
    ],
)
def test_what_is_masked_is_not_compared_and_the_mask_is(values, mask, equal):
    """The second of 1, 2, 3 is masked: another mask is another result, and another number below it is not."""
    one, other = np.ma.array([1, 2, 3], mask=[False, True, False]), np.ma.array(values, mask=mask)
    assert equal is same(one, other)
    assert equal is same(other, one)
    table = [np.ma.array([(number,) for number in each.data], dtype=[("a", "i8")]) for each in (one, other)]
    for each, masked in zip(table, (one.mask, mask), strict=True):
        each["a"].mask = masked
    assert equal is same(*table)


@pytest.mark.parametrize(
    "wrap", [int, Decimal, Fraction, lambda number: np.array([number]), lambda number: Point(float(number), [number])]
)
def test_the_tolerance_holds_for_every_kind_of_number(wrap):
    """A thousandth more is near enough for 1e-2, and a tenth is not: integers, decimals, fractions, arrays, fields."""
    compare = _compare.comparison("approx:1e-2")
    assert compare([0], [wrap(10**30)], [wrap(10**30 + 10**27)]) is None
    assert compare([0], [wrap(10**30)], [wrap(10**30 + 10**29)]) is not None


def test_a_dataclass_may_say_what_is_equal():
    """One that compares itself is asked, and its fields are not looked at."""
    assert same(Same(1), Same(2))


@pytest.mark.parametrize(("check", "error", "right"), [("approx", 1e-10, True), ("approx", 1e-8, False)])
def test_approximate_is_relative(check, error, right):
    """A relative error of 1e-9 is allowed, whatever the size."""
    compare = _compare.comparison(check)
    assert right is (compare([0], [1e6], [1e6 * (1 + error)]) is None)


def test_a_function_in_a_module_that_begins_like_a_word_of_ours(monkeypatch):
    """Only approx itself is the word; approximations:close is a function."""
    monkeypatch.setattr(_compare, "resolve", lambda name: lambda _items, _results: f"{name} was asked")
    _compare.check("approximations:close")
    assert "approximations:close was asked" in (_compare.comparison("approximations:close")([0], [1], [1]) or "")


def test_the_tolerance_can_be_said():
    """A relative error of one in a thousand passes for 1e-2, and not for 1e-4."""
    assert _compare.comparison("approx:1e-2")([0], [1.0], [1.001]) is None
    assert _compare.comparison("approx:1e-4")([0], [1.0], [1.001]) is not None


@pytest.mark.parametrize("wrap", [complex, lambda value: [value], lambda value: np.array([value], object)])
def test_the_tolerance_holds_for_numbers_wherever_they_lie(wrap):
    """Complex numbers, and numbers in lists and in arrays of objects, may differ as much as is said."""
    compare = _compare.comparison("approx:1e-2")
    assert compare([0], [wrap(1.0)], [wrap(1.001)]) is None
    assert compare([0], [wrap(1.0)], [wrap(1.1)]) is not None


def test_the_tolerance_holds_for_frames():
    """Frames, series and their indices may differ as much as is said; missing times are equal, and types are not."""
    pandas = pytest.importorskip("pandas")
    compare = _compare.comparison("approx:1e-2")
    for make in (lambda value: pandas.DataFrame({"a": [value, NAN]}), lambda value: pandas.Series([value, NAN])):
        assert compare([0], [make(1.0)], [make(1.001)]) is None
        assert compare([0], [make(1.0)], [make(1.1)]) is not None
        assert _compare.comparison("equal")([0], [make(1.0)], [make(1.001)]) is not None
    assert compare([0], [pandas.Index([1.0])], [pandas.Index([1.001])]) is None
    assert same(pandas.NaT, pandas.NaT) and same(pandas.NA, pandas.NA)
    assert not same(pandas.Series([1.0]), np.array([1.0]))


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


class Addressed:
    """Equal by value, not to be hashed, and shown with its address."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        """Compare values."""
        return isinstance(other, Addressed) and self.value == other.value

    __hash__ = None


@pytest.mark.parametrize(
    ("expected", "results", "right"),
    [
        ([NAN, 1.0], [1.0, float("nan")], True),
        ([(NAN, 1), [2]], [[2], (float("nan"), 1)], True),
        ([NAN, NAN], [float("nan"), 1.0], False),
        ([Addressed(1), Addressed(2)], [Addressed(2), Addressed(1)], True),
        ([Addressed(1), Addressed(2)], [Addressed(2), Addressed(2)], False),
        ([{"a", "b"}, [1]], [[1.0], {"b", "a"}], True),
        ([[lambda: 1]], [[lambda: 1]], False),
        ([None, [1]], [[1], 2], False),
    ],
)
def test_unordered_finds_what_equal_finds(expected, results, right):
    """NaN, objects and whatever cannot be hashed are found by being equal, and not by how they are shown."""
    copies = results if right is False else pickle.loads(pickle.dumps(results))
    assert right is (_compare.comparison("unordered")([0, 1][: len(results)], expected, copies) is None)


def test_unordered_looks_at_the_middle_of_long_arrays():
    """Of 2,000 elements the 1,000th is wrong, which numpy leaves out when it shows an array."""
    right = np.arange(2000.0)
    wrong = right.copy()
    wrong[1000] = 0
    compare = _compare.comparison("unordered")
    assert compare([0, 1], [right, right + 1], [right + 1, right.copy()]) is None
    assert "item 0 (0) gives array(" in compare([0, 1], [right, right + 1], [right + 1, wrong])


@pytest.mark.parametrize("make", [int, lambda number: float("nan"), lambda number: [number]])
def test_many_results_in_another_order_take_no_long_time(make):
    """100,000 that can be hashed, or are NaN, or lists, take seconds; each with each would be 5 * 10^9 comparisons."""
    count = 100_000
    expected, results = ([make(number) for number in numbers] for numbers in (range(count), reversed(range(count))))
    begin = time.process_time()
    assert _compare.comparison("unordered")(range(count), expected, results) is None
    assert time.process_time() - begin < 30


def test_a_check_of_ones_own(place):
    """It is called with items and results; None and True mean right, anything else is what is wrong."""
    (place / "other.py").write_text("def judge(items, results):\n    return None if items == results else 'no'\n")
    compare = _compare.comparison("other:judge")
    assert compare([1], [], [1]) is None
    assert "other:judge says 'no'" == compare([1], [], [2])


def test_the_truth_of_numpy_is_one(place):
    """A check that gives what `numpy.all` gives says yes with True, and no with False."""
    (place / "other.py").write_text(
        "import numpy\ndef judge(items, results):\n    return numpy.all(items == results)\n"
    )
    compare = _compare.comparison("other:judge")
    assert compare(np.array([1]), [], np.array([1])) is None
    assert "other:judge says " in compare(np.array([1]), [], np.array([2]))


def test_a_check_may_assert(place):
    """What it asserts in vain is what is wrong; of what else it raises, its name is told."""
    (place / "other.py").write_text("def judge(items, results):\n    assert items == results, 'not those'\n    1 / 0\n")
    compare = _compare.comparison("other:judge")
    assert "other:judge says AssertionError: not those" == compare([1], [], [2])
    with pytest.raises(
        _compare.CheckFailed, match=r"the check other:judge fails \(ZeroDivisionError: division by zero"
    ):
        compare([1], [], [1])


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
