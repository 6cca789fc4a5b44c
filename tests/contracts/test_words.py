"""Words that belong to one part of the code are spelled nowhere else: as a text of their own, or as a name."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bench
from bench.jobs import primes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Find = Callable[[str, tuple[str, ...]], Iterator[tuple[int, str]]]

BENCH = Path(bench.__file__).parent

# What cases are measured against is known by its role, so that another family may have a baseline of another name.
MEMBERS = ("serial", "ceiling")
OF_MEMBERS = (
    "families/backends/",  # whose members they are
    "core/reference.py",  # what people call the roles
    "store/schema_1.py",  # where older records name them
)

# What a job distributes is known by its `Work`, and its axes by what they mean, so that any job may have its own.
AXES = tuple(axis.name for axis in primes.AXES)
OF_AXES = (
    "jobs/",  # whose axes they are
    "search/",  # which searches for use, and has options of its own
    "cli/search",
    "cli/joining.py",
    "cli/listing.py",  # of kernels and workloads
    "core/kernels.py",
    "core/workloads.py",
    "store/schema_1.py",  # where older records tell no work
    "engine/cluster.py",  # a kernel is what workers elsewhere may lack
    "reports/insights/lifecycles.py",  # a task there is what one worker does
)


def spelled(source: str, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield (line, word) for each text and each name that is one of these words, in small or in capital letters."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(found)) | ast.Name(id=found) | ast.arg(arg=found) | ast.alias(name=found):
                pass
            case ast.Attribute(attr=found) | ast.FunctionDef(name=found) | ast.ClassDef(name=found):
                pass
            case ast.keyword(arg=str(found)):
                pass
            case _:
                continue
        if found.lower() in words:
            yield node.lineno, found


def told(source: str, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield (line, word) for each text that is one of these words, but for the names of slots."""
    tree = ast.parse(source)
    slots = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and "__slots__" in ast.dump(node)]
    named = {id(node) for value in slots for node in ast.walk(value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in words and id(node) not in named:
            yield node.lineno, str(node.value)


def elsewhere(words: tuple[str, ...], allowed: tuple[str, ...], find: Find = spelled) -> list[str]:
    """Return ``file:line word`` for each place outside the allowed ones."""
    return [
        f"{name}:{line} {word}"
        for file in sorted(BENCH.rglob("*.py"))
        if not (name := file.relative_to(BENCH).as_posix()).startswith(allowed)
        for line, word in find(file.read_text(encoding="utf-8"), words)
    ]


def test_what_cases_are_measured_against_is_known_by_its_role():
    """No module outside the family of backends spells the members serial and ceiling."""
    assert [] == elsewhere(MEMBERS, OF_MEMBERS)


def test_the_axes_of_a_job_are_its_own():
    """No module outside the jobs and the search spells kernel, workload, task or answer as an axis."""
    assert {"kernel", "workload", "task"} <= {*AXES}
    assert [] == elsewhere(AXES, OF_AXES, told)


# What the field has a word for: session or paired run, unmatched, rng, barrier, progress, paired run.
REPLACED = re.compile(r"(?i)\b(?:sittings?|lonely|dice|muster\w*|roll call|pace|duels?|workshops?|bystanders?)\b")


def test_things_are_called_as_the_field_calls_them():
    """No module and no document has a word of our own for what every reader knows under another one."""
    files = [*BENCH.rglob("*.py"), *BENCH.rglob("*.md"), *BENCH.parent.glob("*.md"), *BENCH.parent.glob("results/*.md")]
    assert len(files) > 300
    lines = ((file, line) for file in files for line in file.read_text(encoding="utf-8").splitlines())
    assert [] == [f"{file}: {line}" for file, line in lines if REPLACED.search(line)]


def test_slots_are_no_axes():
    """A text in a dict or a subscript is found, and the name of a slot is not."""
    source = (
        'class Marked:\n    __slots__ = ("folder", "task")\n\n    def f(self, case):\n        return case["task"]\n'
    )
    assert [(5, "task")] == list(told(source, AXES))


@pytest.mark.parametrize(
    "source",
    ['x = {"serial": 1}', "SERIAL = 1", "def serial(): pass", "f(serial=1)", "x.serial", "def f(serial): pass"],
)
def test_a_word_is_found_as_a_text_and_as_a_name(source):
    """A key, a constant, a function, a keyword, an attribute and a parameter are each found."""
    assert [(1, "serial")] == [(line, word.lower()) for line, word in spelled(source, MEMBERS)]
