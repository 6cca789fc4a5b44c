"""Which callables pickle takes by their names alone."""

from __future__ import annotations

import functools
import math
import os.path
import pickle

import numpy as np
import pytest

from bench.jobs._by_name import goes_by_name


class Tool:
    """A class whose instances hold something."""

    def __init__(self):
        self.held = [1]

    def __call__(self, item):
        return item

    def method(self, item):
        return item

    @classmethod
    def of_class(cls, item):
        return item

    @staticmethod
    def static(item):
        return item


@functools.lru_cache
def remembers(item):
    """A function in an object that remembers its results, and is known by its name."""
    return item


def decorated(item):
    """A function whose name stands for another one now."""
    return item


_ORIGINAL, decorated = decorated, Tool.static
nameless = {"of": lambda item: item}["of"]
TABLE = {number: number for number in range(1000)}
TEXT = "x" * 5000


class Refuses:
    """A callable that ends the process when it is pickled."""

    def __reduce__(self):
        """End it."""
        raise SystemExit("nobody pickles this")

    def __call__(self, item):
        return item


@pytest.mark.parametrize(
    "function", [os.path.join, math.sqrt, len, np.sqrt, Tool, Tool.of_class, Tool.static, remembers]
)
def test_what_is_found_by_its_name_goes_by_it(function):
    """Pickle itself gives the same object back, or a method of the same class, from a few bytes."""
    assert goes_by_name(function)
    assert pickle.loads(pickle.dumps(function)) == function
    assert len(pickle.dumps(function)) < 100


@pytest.mark.parametrize(
    "function",
    [
        _ORIGINAL,
        nameless,
        Tool(),
        Tool().method,
        functools.partial(Tool.static, 1),
        TABLE.get,
        TEXT.count,
        Refuses(),
        Refuses().__call__,
    ],
)
def test_what_holds_something_does_not(function):
    """A lambda has no name, one that was replaced not its own, and pickle takes all that the others hold."""
    assert not goes_by_name(function)
