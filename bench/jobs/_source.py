"""A user's function and items as lines of a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath

from bench.core.case import NONE, Value
from bench.core.chunks import per_message
from bench.core.job import UNNAMED, Source
from bench.jobs import _given, _items
from bench.jobs._imports import Imported, Names, imported, joined, quoted
from primes.user_code import as_found

_FILES = {
    ".txt": ((), "[line.rstrip('\\n') for line in file]", ""),
    ".jsonl": (("import json",), "[json.loads(line) for line in file if line.strip()]", ""),
    ".csv": (("import csv",), "list(csv.DictReader(file))", ', newline=""'),
}


def source(params: Mapping[str, Value], workers: int, facts: Mapping[str, Value]) -> Source:
    """Return the lines that import the function and read the items."""
    named = [str(params[axis]) for axis in ("function", "setup", "items") if ":" in str(params[axis])]
    names = Names(frozenset(reference.rpartition(":")[0] for reference in named))
    unnamed = frozenset(what for what in ("function", "setup") if facts.get(f"{UNNAMED}{what}"))
    function = imported(str(params["function"]), names, by_module="function" in unnamed)
    setup = Imported("")
    if params["setup"] != NONE:
        setup = imported(str(params["setup"]), names, by_module="setup" in unnamed)
    taken = None if params["take"] == NONE else _items.part(str(params["take"]))
    items, lines = _reading(str(params["items"]), names, taken, called=bool(facts.get("items_called")))
    if params["repeat"] != 1:
        lines.append(f"items = list(items) * {params['repeat']}")
    parts = (function, setup, items)
    return Source(
        imports=(
            *joined(line for part in parts for line in part.imports),
            *dict.fromkeys(line for part in parts for line in part.assigned),
        ),
        ready=tuple(dict.fromkeys(line for part in parts for line in part.loaded)),
        items=tuple(lines),
        function=function.name,
        chunksize=per_message(params["chunksize"], int(facts.get("count", 0)), workers),
        slot=_slot(str(facts.get("form", "")), params["result_bytes"]),
        library=tuple(line for part in parts for line in part.library),
        paths=tuple(dict.fromkeys(line for part in parts for line in part.paths)),
        setup=setup.name,
        unnamed=unnamed,
    )


def _slot(form: str, result_bytes: Value) -> str:
    """Return the letters of `struct` for results of a form of `bench.jobs._travel.FixedWidth`; empty for others."""
    if form == "bytes":
        return "" if result_bytes == NONE else f"I{result_bytes}s"
    return {"bool": "?", "int64": "q", "float64": "d"}.get(form, "")


def _slice(taken: int | slice) -> str:
    """Return what stands in brackets to take so many."""
    if isinstance(taken, int):
        return f":{taken}"
    return f":{taken.stop or ''}:{taken.step or ''}"


def _reading(spec: str, names: Names, taken: int | slice | None, *, called: bool) -> tuple[Imported, list[str]]:
    """Return what the items are imported from, and the lines that read as many of them as are taken."""
    end = taken.stop if isinstance(taken, slice) else taken
    if end and ":" in spec and spec != _given.SPEC:  # what is importable may be endless: it is read no further
        found = imported(spec, names)
        ends = f"0, {end}, {taken.step}" if isinstance(taken, slice) and taken.step else f"{end}"
        line = f"items = list(itertools.islice({found.name}{'()' if called else ''}, {ends}))"
        return replace(found, library=(*found.library, "import itertools")), [line]
    found, lines = _read(spec, names, called=called)
    return found, lines if taken is None else [*lines, f"items = items[{_slice(taken)}]"]


def _read(spec: str, names: Names, *, called: bool) -> tuple[Imported, list[str]]:
    if spec == _given.SPEC:
        return Imported(""), ["items = ...  # those that were given"]
    if spec.startswith("range("):
        return Imported(""), [f"items = {_items.numbers(spec)!r}"]
    ending = PurePath(spec).suffix
    if ":" not in spec and ending == ".npy":
        return Imported("", ("import numpy",)), [f"items = list(numpy.load({quoted(as_found(spec))}))"]
    if ":" not in spec and ending in _FILES:
        library, expression, more = _FILES[ending]
        opened = f'with open({quoted(as_found(spec))}, encoding="{_items.ENCODING}"{more}) as file:'
        return Imported("", library), [opened, f"    items = {expression}"]
    found = imported(spec, names)
    return found, [f"items = list({found.name}{'()' if called else ''})"]
