"""A kind of job that is written with plain names."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest

from bench.core.case import Case
from bench.core.errors import BrokenPlugin, UsageError
from bench.core.family import Missing
from bench.core.plain import kind_of

PARAMS = {"size": 10, "label": "a", "workers": 2, "chunksize": "auto", "phase": "whole"}


def module(**names):
    """Return a module with these names, and what every job needs."""
    made = ModuleType("squares", "Squares of small numbers.\n\nMore.")
    made.__file__ = "squares.py"
    usual = {
        "AXES": {"size": (10, "How many."), "label": ("a", "Which.")},
        "make": lambda params, workers: SimpleNamespace(
            task=abs, items=range(params["size"]), check=lambda results: None if results else "nothing came back"
        ),
    }
    made.__dict__.update(usual | names)
    return made


def test_values_have_the_type_of_the_default():
    """A number is read as a number, a text as it stands."""
    size, label = kind_of("squares", module()).axes
    assert (12,) == size.parse("12")
    assert ("12",) == label.parse("12")
    with pytest.raises(UsageError, match="ten is no value of --size; write a whole number such as 10"):
        size.parse("ten")


@pytest.mark.parametrize(("asked", "expected"), [("auto", 2), ("api", None), (7, 7), ("none", None)])
def test_chunks_are_a_quarter_of_a_fair_share(asked, expected):
    """Ten items for two workers: a quarter of five is two, rounded up; else what is asked for."""
    case = Case.of("backends", "pool", PARAMS | {"chunksize": asked})
    assert expected == kind_of("squares", module()).make(case, 2).chunksize


def test_the_work_is_its_items():
    """Ten items are ten units of work and ten tasks; only making workers is none."""
    kind = kind_of("squares", module())
    work = kind.work(PARAMS, 2, {})
    assert ("squares size 10 label a", 10, "item", 10) == (work.name, work.size, work.unit, work.tasks)
    assert kind.work(PARAMS | {"phase": "open"}, 2, {}) is None


def test_the_summary_is_the_first_line():
    """The first line of the docstring is what a list shows."""
    assert "Squares of small numbers." == kind_of("squares", module()).summary


def test_what_is_missing_is_said():
    """A reason of the file's own becomes the reason of the case."""
    kind = kind_of("squares", module(missing=lambda _params: "there is no libsquare here."))
    with pytest.raises(Missing, match="libsquare"):
        kind.check(dict(PARAMS))


@pytest.mark.parametrize(
    ("names", "said"),
    [({"AXES": [1]}, "AXES must be a dict"), ({"AXES": {"size": 3}}, "AXES must be a dict")],
)
def test_a_file_that_breaks_the_contract_is_named(names, said):
    """File and reason stand in one line."""
    with pytest.raises(BrokenPlugin, match=f"squares.py: {said}"):
        kind_of("squares", module(**names))


def test_a_file_without_make_is_named():
    """The names that lack are said."""
    broken = module()
    del broken.make
    with pytest.raises(BrokenPlugin, match=r"squares.py: does not define make, which every job needs\."):
        kind_of("squares", broken)
