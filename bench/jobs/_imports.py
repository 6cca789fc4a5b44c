"""What a user names, in a program: the lines that import it there, and the expression that stands for it then."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from keyword import iskeyword

from primes.user_code import found_only_here, is_file

_TAKEN = frozenset({
    "Client", "Empty", "Exception", "InterpreterPoolExecutor", "LocalCluster", "Parallel", "ProcessPool",
    "ProcessPoolExecutor", "RuntimeError", "SharedMemory", "ThreadPool", "ThreadPoolExecutor", "TypeError",
    "ValueError", "WorkerPool", "_", "all", "answer", "answers", "any", "array", "as_completed", "at", "begin",
    "block", "bool", "busy", "call", "chunk", "chunks", "client", "cluster", "context", "counter", "csv", "data",
    "delayed", "dict", "done", "edges", "end", "enumerate", "error", "executor", "file", "first", "float", "found",
    "future", "futures", "get_context", "high", "importlib", "index", "isinstance", "item", "items", "iter",
    "iter_unpack", "itertools", "json", "len", "list", "load", "lost", "low", "manager", "map", "map_chunk", "max",
    "memory", "min", "next", "numpy", "open", "order", "orders", "pack_into", "pair", "part", "pipe", "pipes",
    "pool", "range", "result", "results", "segment", "set", "set_up", "share", "shares", "size", "size_bytes",
    "sys", "tuples", "type", "wait", "waiting", "with_index", "work", "worker", "workers", "zip",
})  # fmt: skip
"""Names that pasted code gives to other things, so that what is imported is called otherwise there."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A reference in a program.

    Attributes:
        name: the expression that stands for it.
        library: lines that import what the others need of the standard library.
        paths: lines that say in which folder its module is found.
        imports: lines that import it, or its module.
        assigned: lines behind all these, where no import line can hold the name of the module.
    """

    name: str
    library: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()


def imported(reference: str, bound: dict[str, str], *, by_module: bool = False) -> Imported:
    """Return a reference as it stands in a program.

    Args:
        reference: as a user names it.
        bound: name -> what it means in the program; those of this reference are added.
        by_module: import the module, and name what is in it there. Whoever pickles a function of the program by its
            value, as cloudpickle does, takes modules by their names all the same.
    """
    place, _, name = reference.rpartition(":")
    top, dot, rest = name.partition(".")
    folder, file = os.path.split(place) if is_file(place) else (found_only_here(place), place)
    library = ("import sys",) if folder else ()
    paths = (f"sys.path.insert(0, {quoted(folder)})",) if folder else ()
    module = file.removesuffix(".py") if is_file(place) else place
    importable = all(part.isidentifier() and not iskeyword(part) for part in module.split("."))
    if by_module:
        last = _identifier(module.rpartition(".")[2])
        alias = _free(last, f"import {place}", bound)
        name = f"{alias}.{name}"
        if importable and "." not in module:
            known_as = module if alias == module else f"{module} as {alias}"
            return Imported(name, library, paths, (f"import {known_as}",))
        # Not imported under another name: a package may have given the last part of it to something else.
        taken = f"{alias} = importlib.import_module({quoted(module)})"
    else:
        alias = _free(top, place, bound)
        name = f"{alias}{dot}{rest}"
        if importable:
            known_as = top if alias == top else f"{top} as {alias}"
            return Imported(name, library, paths, (f"from {module} import {known_as}",))
        taken = f"{alias} = importlib.import_module({quoted(module)}).{top}"
    return Imported(name, (*library, "import importlib"), paths, (), (taken,))


def _free(name: str, meaning: str, bound: dict[str, str]) -> str:
    """Return a name that means this in the program, and nothing else."""
    while (name in _TAKEN and meaning != "builtins") or bound.get(name, meaning) != meaning:
        name += "_"
    bound[name] = meaning
    return name


def _identifier(text: str) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in text)
    return name if name.isidentifier() and not iskeyword(name) else f"{name}_" if iskeyword(name) else f"_{name}"


def joined(lines: Iterable[str]) -> tuple[str, ...]:
    """Return one import line for each module, with all names that are imported from it."""
    plain: list[str] = []
    names: dict[str, list[str]] = {}
    for line in dict.fromkeys(lines):
        module, from_there, name = line.partition(" import ")
        if from_there:
            names.setdefault(module, []).append(name)
        else:
            plain.append(line)
    return (*plain, *(f"{module} import {', '.join(found)}" for module, found in names.items()))


def quoted(text: str) -> str:
    """Return a text as it stands in a program."""
    return json.dumps(text, ensure_ascii=False)
