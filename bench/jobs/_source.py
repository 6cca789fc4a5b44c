"""A user's function and items as lines of a program."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import PurePath

from bench.core.case import NONE, Value
from bench.core.chunks import per_message
from bench.core.job import Source
from bench.jobs import _given, _items
from primes.user_code import found_only_here, is_file

_FILES = {
    ".txt": ((), "[line.rstrip('\\n') for line in file]", ""),
    ".jsonl": (("import json",), "[json.loads(line) for line in file if line.strip()]", ""),
    ".csv": (("import csv",), "list(csv.DictReader(file))", ', newline=""'),
}

_TAKEN = frozenset({
    "Client", "Empty", "Exception", "InterpreterPoolExecutor", "LocalCluster", "Parallel", "ProcessPool",
    "ProcessPoolExecutor", "RuntimeError", "SharedMemory", "ThreadPool", "ThreadPoolExecutor", "TypeError",
    "ValueError", "WorkerPool", "_", "all", "answer", "answers", "any", "array", "as_completed", "at", "block", "bool",
    "busy", "chunk", "chunks", "client", "cluster", "context", "counter", "csv", "data", "delayed", "dict", "done",
    "edges", "end", "enumerate", "error", "executor", "file", "first", "float", "found", "future", "futures",
    "get_context", "high", "importlib", "index", "isinstance", "item", "items", "iter", "iter_unpack", "itertools",
    "json", "len", "list", "lost", "low", "manager", "map", "map_chunk", "max", "memory", "min", "next", "numpy",
    "open", "order", "orders", "pack_into", "pair", "part", "pipe", "pipes", "pool", "range", "result", "results",
    "segment", "set", "share", "shares", "size", "size_bytes", "sys", "tuples", "type", "wait", "waiting",
    "with_index", "work", "worker", "workers", "zip",
})  # fmt: skip
"""Names that pasted code gives to other things, so that what is imported is called otherwise there."""


def source(params: Mapping[str, Value], workers: int, facts: Mapping[str, Value]) -> Source:
    """Return the lines that import the function and read the items."""
    bound: dict[str, str] = {}
    imports, before, function = _import(str(params["function"]), bound)
    if params["setup"] != NONE:
        more, named, name = _import(str(params["setup"]), bound)
        imports += more
        before += [*named, f"{name}()"]
    taken = None if params["take"] == NONE else _items.part(str(params["take"]))
    more, lines = _reading(str(params["items"]), bound, taken, called=bool(facts.get("items_called")))
    if params["repeat"] != 1:
        lines.append(f"items = list(items) * {params['repeat']}")
    size = per_message(params["chunksize"], int(facts.get("count", 0)), workers)
    slot = _slot(str(facts.get("form", "")), params["result_bytes"])
    return Source(
        tuple(dict.fromkeys(imports + more)), tuple(dict.fromkeys(before)), tuple(lines), function, size, slot
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


def _import(reference: str, bound: dict[str, str]) -> tuple[list[str], list[str], str]:
    """Return the import lines of what a reference names, those that take it from there, and the name it has then.

    The second are none, except for a file whose name no import line can hold.

    Args:
        reference: as a user names it.
        bound: name -> where what has it was imported from; this one is added.
    """
    place, _, name = reference.rpartition(":")
    top, dot, rest = name.partition(".")
    alias = top
    while (alias in _TAKEN and place != "builtins") or bound.get(alias, place) != place:
        alias += "_"
    bound[alias] = place
    name, known_as = f"{alias}{dot}{rest}", top if alias == top else f"{top} as {alias}"
    if not is_file(place):
        return [*_looked_in(found_only_here(place)), f"from {place} import {known_as}"], [], name
    folder, file = os.path.split(place)
    path = _looked_in(folder)
    module = file.removesuffix(".py")
    if module.isidentifier() and not iskeyword(module):
        return [*path, f"from {module} import {known_as}"], [], name
    return [*path, "import importlib"], [f"{alias} = importlib.import_module({_quoted(module)}).{top}"], name


def _looked_in(folder: str) -> list[str]:
    return ["import sys", f"sys.path.insert(0, {_quoted(folder)})"] if folder else []


def _reading(
    spec: str, bound: dict[str, str], taken: int | slice | None, *, called: bool
) -> tuple[list[str], list[str]]:
    """Return the import lines of the items, and the lines that read as many of them as are taken."""
    end = taken.stop if isinstance(taken, slice) else taken
    if end and ":" in spec and spec != _given.SPEC:  # what is importable may be endless: it is read no further
        imports, named, name = _import(spec, bound)
        ends = f"0, {end}, {taken.step}" if isinstance(taken, slice) and taken.step else f"{end}"
        line = f"items = list(itertools.islice({name}{'()' if called else ''}, {ends}))"
        return [*imports, "import itertools"], [*named, line]
    imports, lines = _read(spec, bound, called=called)
    return imports, lines if taken is None else [*lines, f"items = items[{_slice(taken)}]"]


def _read(spec: str, bound: dict[str, str], *, called: bool) -> tuple[list[str], list[str]]:
    if spec == _given.SPEC:
        return [], ["items = ...  # those that were given"]
    if spec.startswith("range("):
        return [], [f"items = {_items.numbers(spec)!r}"]
    ending = PurePath(spec).suffix
    if ":" not in spec and ending == ".npy":
        return ["import numpy"], [f"items = list(numpy.load({_quoted(spec)}))"]
    if ":" not in spec and ending in _FILES:
        imports, expression, more = _FILES[ending]
        return [*imports], [f'with open({_quoted(spec)}, encoding="utf-8"{more}) as file:', f"    items = {expression}"]
    lines, named, name = _import(spec, bound)
    return lines, [*named, f"items = list({name}{'()' if called else ''})"]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
