"""A user's function on its way to workers."""

from __future__ import annotations

import pickle

import pytest

from bench.jobs._travel import FixedWidth, Travelling, resolve
from primes.user_code import UnknownCode


@pytest.mark.parametrize(
    ("reference", "result"), [("mine.work:square", 9), ("mine.work:Tools.twice", 6), ("mine/work.py:square", 9)]
)
def test_a_reference_names_a_function(place, reference, result):
    """A module, a class in it, or a file."""
    assert result == resolve(reference)(3)


def test_what_is_not_there_is_named(place):
    """The file that lacks the name is told."""
    with pytest.raises(UnknownCode, match=r"work\.py defines no cube, which mine\.work:cube names\."):
        resolve("mine.work:cube")


def test_a_worker_gets_the_function_itself(place):
    """Pickled as the reference, unpickled as the function: a call in a worker costs no more than the function."""
    assert resolve("mine.work:square") is pickle.loads(pickle.dumps(Travelling("mine.work:square")))
    assert 9 == Travelling("mine.work:square")(3)


@pytest.mark.parametrize(
    ("form", "width", "result"),
    [
        ("int64", 8, -(2**63)),
        ("int64", 8, 2**63 - 1),
        ("float64", 8, -0.1),
        ("float64", 8, float("inf")),
        ("bytes", 3, b""),
        ("bytes", 3, b"abc"),
    ],
)
def test_a_result_comes_out_of_its_slot_as_it_went_in(place, form, width, result):
    """The largest, the smallest and the empty one, with whatever lies behind it in the slot."""
    task = pickle.loads(pickle.dumps(FixedWidth("mine.work:word", form, width)))
    data = task.to_bytes(result)
    assert result == task.from_bytes(data + bytes(task.width(0) - len(data)))


def test_a_result_that_is_too_long_is_refused(place):
    """Four bytes do not fit where three were promised."""
    with pytest.raises(ValueError, match="a result has 4 bytes; --result-bytes 3 allows no more"):
        FixedWidth("mine.work:word", "bytes", 3).to_bytes(b"abcd")
