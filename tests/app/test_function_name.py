"""Names of functions: which lead to them in another process, and what is said where none does."""

from __future__ import annotations

import functools
import math
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from bench.app.function_name import name_of
from bench.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DECORATORS = """
def plainly(function):
    def wrapper(x):
        return function(x)
    return wrapper
"""
WORK = """
import functools
from decorators import plainly

def count(x):
    return x

@plainly
def decorated(x):
    return count(x)

class Tool:
    def parse(self, x):
        return x

    @classmethod
    def made(cls, x):
        return x

    def __call__(self, x):
        return x

class Better(Tool):
    pass

tool = Tool()
short = lambda x: x
bound = functools.partial(count)

def factory():
    def inner(x):
        return x
    return inner
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a module that has names for functions, of which their own names tell nothing."""
    (tmp_path / "decorators.py").write_text(DECORATORS)
    (tmp_path / "work.py").write_text(WORK)
    monkeypatch.syspath_prepend(str(tmp_path))
    import work  # type: ignore[import-not-found]

    yield work
    for name in ("work", "decorators"):
        sys.modules.pop(name, None)


def test_its_own_name_is_what_is_taken() -> None:
    """A function that is where its name says is called so."""
    assert ("math", "sqrt") == name_of(math.sqrt)


@pytest.mark.parametrize(
    "name", ["decorated", "short", "bound", "tool", "tool.parse", "tool.made", "Tool.made", "Better.made"]
)
def test_what_a_module_has_a_name_for_is_found_by_it(work: Any, name: str) -> None:
    """Wrappers, lambdas, partials, callable objects and bound methods are found where they stand in a module."""
    wanted = functools.reduce(getattr, name.split("."), work)
    module, found = name_of(wanted)
    assert "work" == module
    assert functools.reduce(getattr, found.split("."), work) == wanted


def test_a_wrapper_is_named_in_its_own_module_first(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of modules that have it by import, one that was loaded earlier does not come before the one it is made of."""
    borrower = ModuleType("borrower")
    borrower.borrowed = work.decorated  # type: ignore[attr-defined]
    before = dict(sys.modules)
    monkeypatch.setattr(sys, "modules", {"borrower": borrower, **before})
    assert ("work", "decorated") == name_of(work.decorated)


def local(item: int) -> int:
    """Return the item."""
    return item


def test_own_functions_of_a_notebook_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function of __main__ gets the line on moving it to a file."""
    monkeypatch.setattr(local, "__module__", "__main__")
    with pytest.raises(UsageError, match=r'local cannot be imported .* move it to a file, .*"from work import local"'):
        name_of(local)


def test_what_only_a_notebook_has_a_name_for_is_refused(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partial that was made in __main__ is told by the name that it has there."""
    monkeypatch.setattr(sys.modules["__main__"], "quick", functools.partial(work.count), raising=False)
    with pytest.raises(UsageError, match=r'^quick cannot be imported .* move it to a file, .*"from work import quick"'):
        name_of(sys.modules["__main__"].quick)


def test_what_has_no_name_is_to_be_given_one(work: Any) -> None:
    """Where it lies in a file already, moving it to one is no help: a name at the top of it is."""
    for function, told in [
        (work.factory(), r"factory\.<locals>\.inner"),
        (work.Tool().parse, r"Tool\.parse"),
        (functools.partial(work.count), "this partial"),
        (lambda item: item, "<lambda>"),
    ]:
        with pytest.raises(UsageError, match=rf"{told} has no name at the top of a module, .* give it one in a file"):
            name_of(function)


def test_another_function_under_the_same_name_is_refused(work: Any) -> None:
    """A function that was replaced in its module is not the one that processes would import."""
    old = work.count
    work.count = lambda x: -x
    with pytest.raises(UsageError, match="work:count is not the function that was given"):
        name_of(old)


def test_a_result_is_no_function(work: Any) -> None:
    """Whoever calls the function instead of handing it over is told."""
    with pytest.raises(UsageError, match="an object of int cannot be called; hand over the function itself"):
        name_of(work.count(1))
