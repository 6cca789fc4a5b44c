"""A case as a program that can be pasted: the job's lines, and in them what the backend says it is done with."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

from bench.contract.backend import PRELOAD, Crew
from bench.core import jobs
from bench.core.case import NONE
from bench.families.backends import _backend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case, Value
    from bench.core.job import Source


_NOT_PICKLED = ("none", "threads")  # of the parallelisms those whose workers get the function itself
# What calls something that pickle does not take by its name, and the lines of it.
_WRAPPED = {
    "function": ("call", "def call(item):  # pickle takes this by its name\n    return {}(item)"),
    "setup": ("set_up_worker", "def set_up_worker():  # pickle takes this by its name\n    {}()"),
}
_Code = tuple[tuple[str, ...], tuple[str, ...], str]  # imports, definitions, statements


def why_none(case: Case, facts: Mapping[str, Value] | None = None) -> str | None:
    """Say, as a sentence, why a backend brings no code for a case; None where it does.

    Args:
        case: of the family of backends.
        facts: what is known about its job; None before anybody has looked.
    """
    backend, kind = _backend.load(case.member), jobs.of(dict(case.params))
    if backend.snippet is None:
        return backend.no_snippet
    if kind is None or kind.source is None:  # whatever is advised, the job has no lines to put around it
        return None
    source = kind.source(dict(case.params), int(case["workers"]), facts or {})
    if backend.fixed_width and facts is not None and not source.slot:
        return "how many bytes a result takes is not known, and its code has to say that."
    if source.setup and not backend.sets_up:
        return "its code does not call the set-up in each worker."
    if not backend.loads_program and source.ready:
        return "its workers do not carry out the program that makes them, nor what loads the function there."
    return None


def call(case: Case, facts: Mapping[str, Value]) -> str | None:
    """Return the code without imports and main guard; None where the backend or the job has none."""
    parts = _parts(case, facts)
    return "\n".join([*parts.definitions, parts.statements]) if parts else None


def program(case: Case, facts: Mapping[str, Value]) -> str | None:
    """Return a whole program that makes ``results``; None where the backend or the job has none.

    Args:
        case: of the family of backends.
        facts: what is known about its job.
    """
    parts = _parts(case, facts)
    if parts is None:
        return None
    source = parts.source
    library = sorted({*source.library, *parts.imports}, key=lambda line: (line.startswith("from "), line))
    first = [line for line in library if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    others = [line for line in library if line not in first]
    blocks = [first, others, source.paths, source.imports, source.ready]
    blocks += [["", "\n\n\n".join(parts.definitions), ""]] if parts.definitions else []
    body = "\n".join([*source.items, parts.statements])
    blocks.append(['if __name__ == "__main__":', indent(body, "    ")])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a backend's code consists of, and the job's lines around it."""

    source: Source
    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    statements: str


def _parts(case: Case, facts: Mapping[str, Value]) -> _Parts | None:
    backend, kind = _backend.load(case.member), jobs.of(dict(case.params))
    write = backend.snippet
    if write is None or kind is None or kind.source is None or why_none(case, facts):
        return None
    source = kind.source(dict(case.params), int(case["workers"]), facts)
    # What a fork server preloads is the affair of the program that the code is pasted into.
    start = "forkserver" if case["start"] == PRELOAD else str(case["start"])
    crew = Crew(int(case["workers"]), start)
    size = None if case["chunksize"] == NONE else source.chunksize
    slot = (source.slot,) if backend.fixed_width else ()

    def code(names: Mapping[str, str]) -> _Code:
        setup = {"setup": names["setup"]} if names["setup"] else {}
        return _divided(write(crew, names["function"], "items", size, *slot, **setup))

    plain = {"function": source.function, "setup": source.setup}
    unnamed = {} if backend.parallelism in _NOT_PICKLED else {what: _WRAPPED[what][0] for what in source.unnamed}
    used = _names(code(plain | unnamed)[2])
    handed_on = {what: name for what, name in unnamed.items() if name in used}
    imports, definitions, statements = code(plain | handed_on)
    wrappers = (_WRAPPED[what][1].format(plain[what]) for what in sorted(handed_on))
    return _Parts(source, imports, (*wrappers, *definitions), statements)


def _names(statements: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(statements)) if isinstance(node, ast.Name)}


def _divided(code: str) -> _Code:
    """Return import lines, definitions and statements of a backend's code, each with the comments before it."""
    lines = code.split("\n")
    imports, definitions, statements, begin = [], [], [], 0
    for node in ast.parse(code).body:
        text = "\n".join(lines[begin : node.end_lineno]).strip("\n")
        begin = node.end_lineno or begin
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.append(text)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            definitions.append(text)
        else:
            statements.append(text)
    return tuple(imports), tuple(definitions), "\n".join(statements)
