"""A user's function on its way to workers."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from bench.jobs._travel import FixedWidth, resolve, travelling
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
    assert resolve("mine.work:square") is pickle.loads(pickle.dumps(travelling("mine.work:square")))
    assert 9 == travelling("mine.work:square")(3)


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


@pytest.mark.parametrize(("form", "result"), [("int64", 6.7), ("float64", 6), ("bytes", [6]), ("int64", b"6")])
def test_nothing_is_cut_from_a_result_of_another_type(place, form, result):
    """6.7 where the plain loop gives 6 is an error, and not 6; so is whatever else Python would turn into the type."""
    with pytest.raises(TypeError, match=f"of type {type(result).__name__}, and in the plain loop {form}"):
        FixedWidth("mine.work:word", form, 8).to_bytes(result)


@pytest.mark.parametrize("make", [travelling, lambda *names: FixedWidth(names[0], "int64", 8, names[1])])
def test_a_worker_is_set_up_once_before_its_first_item(place, make):
    """The set-up is called before the first of two items, whether it was called in another thread or not."""
    task = make("mine.work:prepared", "mine.work:ready")
    for way in (task, pickle.loads(pickle.dumps(task))):
        with ThreadPoolExecutor(1) as pool:
            resolve("mine.work:ready").calls = 0
            assert [1, 1] == list(pool.map(way, range(2)))


def test_a_forked_worker_is_another_one(place, tmp_path):
    """What the parent has set up is set up again in a child that got the task without pickling."""
    task = travelling("mine.work:prepared", "mine.work:ready")
    assert 1 == task(0)
    worker = get_context("fork").Process(target=lambda: (tmp_path / "calls").write_text(str(task(0))))
    worker.start()
    worker.join()
    assert "2" == (tmp_path / "calls").read_text()


@pytest.mark.parametrize(("setup", "said"), [("broken_setup", "OSError: no disk"), ("exits", "SystemExit: 1")])
def test_a_set_up_that_fails_is_named_by_the_first_item(place, setup, said):
    """A worker says so and goes on; nothing is computed."""
    task = pickle.loads(pickle.dumps(travelling("mine.work:square", f"mine.work:{setup}")))
    for item in range(2):
        with pytest.raises(RuntimeError, match=rf"^the set-up mine\.work:{setup} fails \({said}\)$"):
            task(item)
