"""A case as a program that can be pasted: the job's lines, and in them what the backend says it is done with."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from bench.contract.backend import Crew
from bench.core import jobs
from bench.core.case import NONE
from bench.families.backends import _backend

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case, Value


def call(case: Case, facts: Mapping[str, Value]) -> str | None:
    """Return the statements alone, without imports and main guard; None where the backend or the job has none."""
    parts = _parts(case, facts)
    return parts[1] if parts else None


def program(case: Case, facts: Mapping[str, Value]) -> str | None:
    """Return a whole program that makes ``results``; None where the backend or the job has none.

    Args:
        case: of the family of backends.
        facts: what is known about its job.
    """
    parts = _parts(case, facts)
    kind = jobs.of(dict(case.params))
    if parts is None or kind is None or kind.source is None:
        return None
    theirs, statements = parts
    source = kind.source(dict(case.params), int(case["workers"]), facts)
    paths = [line for line in source.imports if line.startswith(("import sys", "sys."))]
    own = [line for line in source.imports if line not in paths]
    library = [line for line in own if line.startswith("import ")]
    imports = sorted({*library, *theirs}, key=lambda line: (line.startswith("from "), line))
    blocks = [imports, paths, _joined([line for line in own if line not in library]), list(source.ready)]
    body = "\n".join([*source.items, statements.rstrip("\n")])
    blocks.append(['if __name__ == "__main__":', indent(body, "    ")])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _joined(lines: list[str]) -> list[str]:
    """Return one import line for each module, with all names that are imported from it."""
    names: dict[str, list[str]] = {}
    for line in lines:
        module, _, name = line.partition(" import ")
        names.setdefault(module, []).append(name)
    return [f"{module} import {', '.join(dict.fromkeys(found))}" for module, found in names.items()]


def _parts(case: Case, facts: Mapping[str, Value]) -> tuple[list[str], str] | None:
    """Return the import lines of the backend, and its statements."""
    backend, kind = _backend.load(case.member), jobs.of(dict(case.params))
    if backend.snippet is None or kind is None or kind.source is None:
        return None
    source = kind.source(dict(case.params), int(case["workers"]), facts)
    crew = Crew(int(case["workers"]), str(case["start"]))
    size = None if case["chunksize"] == NONE else source.chunksize
    lines = backend.snippet(crew, source.function, "items", size).rstrip("\n").split("\n")
    count = next(at for at, line in enumerate(lines) if line and not line.startswith(("import ", "from ")))
    return [line for line in lines[:count] if line], "\n".join(lines[count:])
