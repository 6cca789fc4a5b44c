"""Advice from a program: what can be given, and what is refused with the way out."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bench.app import advise as library
from bench.core.errors import UsageError
from bench.jobs import _given, _items
from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.app.events import Work
    from bench.app.question import Question


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """Return the questions that are asked, none of which is answered."""
    questions: list[Question] = []

    def inquire(question: Question, _path: Path, *_programs: object) -> Work[None]:
        questions.append(question)
        items = dict(question.environ).get(_given.PLACE)
        if items:
            monkeypatch.setenv(_given.PLACE, items)
            assert _given.items() == [1, 4, 9]
        yield from ()
        raise _AskedError

    monkeypatch.setattr(library, "inquire", inquire)
    return questions


class _AskedError(Exception):
    """Ends a question that would take a minute to answer."""


def local(item: int) -> int:
    """Return the item."""
    return item


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a module of a package in a folder of its own."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.py").write_text("class Tool:\n    @staticmethod\n    def parse(x):\n        return x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import mine.work  # type: ignore[import-not-found]

    yield mine.work
    for name in ("mine.work", "mine"):
        sys.modules.pop(name, None)


def test_function_and_items_are_handed_over(asked: list[Question], module: Any, tmp_path: Path) -> None:
    """Processes find the function by name among the folders where it was found, and the items in a file of ours."""
    with pytest.raises(_AskedError):
        library.advise(module.Tool.parse, [1, 4, 9], 5)
    (question,) = asked
    assert question.params["function"] == "mine.work:Tool.parse"
    assert question.params["items"] == _given.SPEC
    assert str(tmp_path) in dict(question.environ)[user_code.FOLDERS].splitlines()
    assert question.budget_s == 5


def test_texts_are_those_of_the_command_line(asked: list[Question]) -> None:
    """Texts name function and items as the options do."""
    with pytest.raises(_AskedError):
        library.advise("math:sqrt", "range(100)", check="approx", backends=["pool"])
    (question,) = asked
    assert {"function": "math:sqrt", "items": "range(100)", "check": "approx"} == question.params
    assert ("pool",) == question.members


def test_texts_name_what_lies_where_the_caller_stands(
    asked: list[Question], module: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files and modules are looked up in the current folder, wherever the function comes from."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "data.txt").write_text("a\nb\n")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(_AskedError):
        library.advise(module.Tool.parse, "data.txt", check="mycheck:same")
    environ = dict(asked[0].environ)
    assert str(tmp_path / "here") == environ[user_code.FOLDER]
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert ["a", "b"] == _items.read("data.txt")


@pytest.mark.parametrize(
    "texts",
    [("__main__:mine", [1], "equal"), ("math:sqrt", "__main__:mine", "equal"), ("math:sqrt", [1], "__main__:mine")],
)
def test_texts_that_name_something_of_a_notebook_are_refused(texts: tuple[str, Any, str]) -> None:
    """In another process ``__main__`` is another program, whatever the text is for."""
    function, items, check = texts
    with pytest.raises(UsageError, match="mine cannot be imported by worker processes; move it to a file"):
        library.advise(function, items, check=check)


def test_items_that_cannot_be_pickled_are_refused() -> None:
    """Items that no process could get are refused before anything is started."""
    with pytest.raises(UsageError, match="the items cannot be pickled"):
        library.advise(math.sqrt, [lambda: 1])


@pytest.mark.parametrize("wrap", [lambda it: it, lambda it: {"a": [it]}, type], ids=["item", "inside", "class"])
def test_items_that_hold_something_of_a_notebook_are_refused(
    monkeypatch: pytest.MonkeyPatch, wrap: Callable[[Any], Any]
) -> None:
    """However deep it lies, it is pickled by the name of its class, which no other process finds in __main__."""
    monkeypatch.setattr(_AskedError, "__module__", "__main__")
    told = r'_AskedError cannot be imported by worker processes, so that items that hold it .* "from work import _Asked'
    with pytest.raises(UsageError, match=told):
        library.advise(math.sqrt, [1, wrap(_AskedError())])


def test_items_that_hold_a_function_of_a_notebook_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function is pickled by its name as well."""
    monkeypatch.setattr(local, "__module__", "__main__")
    with pytest.raises(UsageError, match="local cannot be imported by worker processes, so that items that hold it"):
        library.advise(math.sqrt, [{"with": local}])


@pytest.mark.parametrize("budget_s", [0, -1.0, math.nan, math.inf])
def test_budget_without_time_is_refused(budget_s: float) -> None:
    """None of these is a number of seconds."""
    with pytest.raises(UsageError, match="a budget of .* s is not possible"):
        library.advise(math.sqrt, [1], budget_s)


def test_file_that_is_there_is_not_replaced(asked: list[Question], tmp_path: Path) -> None:
    """As on the command line, only who says so loses a file."""
    (tmp_path / "mine.json").write_text("mine")
    with pytest.raises(UsageError, match=r"mine\.json exists and is not overwritten"):
        library.advise(math.sqrt, [1, 4, 9], output=tmp_path / "mine.json")
    with pytest.raises(_AskedError):
        library.advise(math.sqrt, [1, 4, 9], output=tmp_path / "mine.json", force=True)
    assert [library.CALL] == [question.command for question in asked]


def test_no_items_are_refused() -> None:
    """An empty list is told in the words of whoever gave it."""
    with pytest.raises(UsageError, match="there are no items"):
        library.advise(math.sqrt, [])


def test_variables_may_be_one_text(asked: list[Question], monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the command line, commas divide names; one that is not set is refused."""
    monkeypatch.setenv("MODEL_DIR", "/x")
    with pytest.raises(_AskedError):
        library.advise(math.sqrt, [1, 4, 9], inherit_environ="MODEL_DIR,HOME")
    assert [("MODEL_DIR", "HOME")] == [question.inherits for question in asked]
    with pytest.raises(UsageError, match="NOWHERE: there is no such variable"):
        library.advise(math.sqrt, [1, 4, 9], inherit_environ=["NOWHERE"])


def test_backends_may_be_one_text(asked: list[Question]) -> None:
    """As on the command line, commas divide names."""
    with pytest.raises(_AskedError):
        library.advise(math.sqrt, [1, 4, 9], backends="pool,thread-pool")
    assert [("pool", "thread-pool")] == [question.members for question in asked]
