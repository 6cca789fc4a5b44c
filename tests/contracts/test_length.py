"""Every function can be read at once."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import bench
import primes

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 60  # lines, from its first to its last one, docstring included


def lengths(source: str) -> Iterator[tuple[str, int]]:
    """Yield line, name and length of each function and method."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_longer_than_a_screen() -> None:
    """What takes more than 60 lines does several things, which have names of their own."""
    tops = [Path(str(package.__file__)).parent for package in (bench, primes)]
    files = [file for top in tops for file in top.rglob("*.py")]
    found = [(file, *length) for file in files for length in lengths(file.read_text(encoding="utf-8"))]
    assert len(found) > 1000
    assert [] == [f"{file}:{name} {length}" for file, name, length in found if length > MOST]


def test_a_long_one_is_seen() -> None:
    """Decorators do not count; methods, what is defined inside, and blank lines do."""
    lines = ["@this", "class A:", "    @that", "    def f(self):", *["        x = 1", ""] * 30, "        def g(): pass"]
    assert dict(lengths("\n".join(lines))) == {"4 f": 62, "65 g": 1}
