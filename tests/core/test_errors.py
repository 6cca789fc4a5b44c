"""What can go wrong, as a tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bench
from bench.core import errors
from bench.core.errors import reason


def test_the_drawing_is_the_tree():
    """Every error stands in the drawing at the head of the module, with its exit code, and no other does."""
    drawn = dict(re.findall(r"(?:├── |└── |^    )(\w+) +(\d)  ", errors.__doc__, re.MULTILINE))
    there = {
        name: str(kind.exit_code)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.PrimebenchError)
    }
    assert drawn == there


def test_a_wrong_answer_never_ends_the_program():
    """WrongAnswer ends a case, so it is none of the errors that the command line turns into an exit code."""
    assert not issubclass(errors.WrongAnswer, errors.PrimebenchError)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pool-mop", 'pool-mop is no backend; did you mean pool-map? "primebench list backends" shows all.'),
        ("zzz", 'zzz is no backend. "primebench list backends" shows all.'),
    ],
)
def test_unknown_names_come_with_the_nearest(name, message):
    """The error gives the value, the nearest name if one is near, and how to see all."""
    error = errors.UnknownName("backend", name, ["pool-map", "serial"], '"primebench list backends" shows all.')
    assert message == str(error)
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("error", "expected"),
    [(ValueError("no."), "no"), (ValueError("a\n  b..."), "a b"), (ValueError(), "ValueError"), (ValueError("x"), "x")],
)
def test_a_reason_is_a_part_of_a_sentence(error, expected):
    """What somebody else's error says fits into a sentence of ours: one line, and no second full stop."""
    assert expected == reason(error)


def test_errors_enter_sentences_as_reasons():
    """No message takes in an error as it is: it would bring line breaks and full stops along."""
    raw = [
        f"{file}:{node.lineno}"
        for file in Path(bench.__file__).parent.rglob("*.py")
        for raised in ast.walk(ast.parse(file.read_text()))
        if isinstance(raised, ast.Raise)
        for node in ast.walk(raised)
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name) and node.value.id == "error"
    ]
    assert [] == raw
