"""What is said to people is not read by code: nothing searches, splits, cuts, replaces or sorts out a sentence."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bench

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Path(bench.__file__).parent
PARTS = ("analysis", "app", "cli", "reports", "samples")

# What sentences, and what stands for them, are called in this code.
NAMES = {
    *("doubt", "doubts", "early", "message", "messages", "note", "notes", "reason", "reasons", "said", "sentence"),
    *("sentences", "told", "warning", "warnings", "why"),
}
READING = {
    *("count", "endswith", "find", "index", "partition", "removeprefix", "removesuffix", "replace", "rpartition"),
    *("rsplit", "split", "startswith"),
}


def name_of(node: ast.expr) -> str:
    """Return the last name of an expression: ``reason`` of ``found.reasons[0].reason``; empty where it has none."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Starred(value=inner):
            return name_of(inner)
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return name_of(inner)
    return ""


def read(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, how) for each place that reads a sentence."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (how := _by_call(node)):
            yield node.lineno, how
        if isinstance(node, ast.Compare) and (how := _by_comparing(node)):
            yield node.lineno, how


def _by_call(node: ast.Call) -> str:
    match node:
        case ast.Call(func=ast.Name(id="set"), args=[text]):
            return "set" if name_of(text) in NAMES else ""
        case ast.Call(func=ast.Attribute(value=ast.Name(id="dict"), attr="fromkeys"), args=[text, *_]):
            return "fromkeys" if name_of(text) in NAMES or _says(text) else ""
        case ast.Call(func=ast.Attribute(value=text, attr=method)) if method in READING:
            return method if name_of(text) in NAMES or isinstance(text, ast.JoinedStr) or _is_sentence(text) else ""
    return ""


def _by_comparing(node: ast.Compare) -> str:
    match node:
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
            one_of_few = isinstance(right, ast.Tuple)
            return "in" if name_of(right) in NAMES or (name_of(left) in NAMES and not one_of_few) else ""
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=str(text))]):
            return "==" if name_of(left) in NAMES and text else ""
    return ""


def _is_sentence(node: ast.expr) -> bool:
    """Whether an expression is a text of several words."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 2


def _says(node: ast.expr) -> bool:
    """Whether an expression yields texts with values in them."""
    return isinstance(node, ast.GeneratorExp | ast.ListComp) and isinstance(node.elt, ast.JoinedStr)


def test_no_sentence_is_read():
    """Whoever needs to know what is said looks at the kind and the values of a `bench.core.reason.Reason`."""
    found = [
        f"{file.relative_to(BENCH)}:{line} {how}"
        for part in PARTS
        for file in sorted((BENCH / part).rglob("*.py"))
        for line, how in read(file.read_text(encoding="utf-8"))
    ]
    assert [] == found


def test_the_analysis_makes_no_sentences():
    """What its records hold of reasons and notes are kinds and values, not texts."""
    found = [
        f"{file.relative_to(BENCH)}:{field.lineno} {field.target.id}: {ast.unparse(field.annotation)}"
        for file in sorted((BENCH / "analysis").rglob("*.py"))
        for kind in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(kind, ast.ClassDef)
        for field in kind.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.target.id in NAMES
        if "str" in ast.unparse(field.annotation)
    ]
    assert [] == found


@pytest.mark.parametrize(
    "source",
    [
        'any(reason.startswith("void: ") for reason in verdict.reasons)',
        "if warning not in early: pass",
        'text = found.reasons[0].replace(name, "short")',
        'reason.split(":")',
        'told = dict.fromkeys(f"{name}: {one}" for one in said)',
        "unique = set(doubts)",
        'f"{share:.0%} of all".replace("%", " %")',
        '"10 % more time than that".replace("more time", "more")',
        'if entry.reason == "not measured": pass',
    ],
)
def test_reading_a_sentence_is_found(source):
    """Each of these was in the code once, or is like one that was."""
    assert 1 == len(list(read(source)))
