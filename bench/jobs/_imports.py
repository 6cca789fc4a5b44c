"""What a user names, in a program: the lines that import it there, and the expression that stands for it then."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from keyword import iskeyword

from primes.user_code import GUARDED, as_found, found_only_here, is_file

_KNOWN = GUARDED - {"bench", "primes"}  # what others import under these names is not a file of the user's

_LOAD = """
def load_file(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""

_TAKEN = frozenset({
    "Client", "Empty", "Exception", "InterpreterPoolExecutor", "LocalCluster", "Parallel", "ProcessPool",
    "ProcessPoolExecutor", "RuntimeError", "SharedMemory", "ThreadPool", "ThreadPoolExecutor", "TypeError",
    "ValueError", "WorkerPool", "_", "all", "answer", "answers", "any", "array", "as_completed", "at",
    "begin_worker", "block", "bool", "busy", "call", "chunk", "chunks", "client", "cluster", "context", "counter",
    "csv", "data", "delayed", "dict", "done", "edges", "end", "enumerate", "error", "executor", "file", "first",
    "float", "found", "future", "futures", "get_context", "high", "importlib", "index", "isinstance", "item",
    "items", "iter", "iter_unpack", "itertools", "json", "len", "list", "load_file", "lost", "low", "manager",
    "map", "map_chunk", "max", "memory", "min", "next", "numpy", "open", "order", "orders", "pack_into", "pair",
    "part", "pipe", "pipes", "pool", "range", "result", "results", "segment", "set", "set_up_worker", "share",
    "shares", "size", "size_bytes", "sys", "tuples", "type", "wait", "waiting", "with_index", "work", "worker",
    "workers", "zip",
})  # fmt: skip
"""Names that pasted code gives to other things, so that what is imported is called otherwise there."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is named in one program.

    Attributes:
        places: the modules and files in which something is named there.
        bound: name -> what it means there, as far as names have been given.
    """

    places: frozenset[str]
    bound: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """A reference in a program.

    Attributes:
        name: the expression that stands for it.
        library: lines that import what the others need of the standard library.
        paths: lines that say in which folder its module is found.
        imports: lines that import it, or its module.
        assigned: lines behind all these, where no import line can hold the name of the module.
        loaded: lines behind all these, where no import would find the file; each process must carry them out.
    """

    name: str
    library: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()


def imported(reference: str, names: Names, *, by_module: bool = False) -> Imported:
    """Return a reference as it stands in a program.

    Args:
        reference: as a user names it.
        names: of the program; those of this reference are added.
        by_module: import the module, and name what is in it there. Whoever pickles a function of the program by its
            value, as cloudpickle does, takes modules by their names all the same.
    """
    place, _, name = reference.rpartition(":")
    place = as_found(place) if is_file(place) else place
    if _is_missed(place, names.places):
        return _loaded(place, name, names)
    top, dot, rest = name.partition(".")
    folder = os.path.split(place)[0] if is_file(place) else found_only_here(place)
    library = ("import sys",) if folder else ()
    paths = (f"sys.path.insert(0, {quoted(folder)})",) if folder else ()
    module = _module(place)
    importable = all(part.isidentifier() and not iskeyword(part) for part in module.split("."))
    if by_module:
        last = _identifier(module.rpartition(".")[2])
        alias = _free(last, f"import {place}", names)
        name = f"{alias}.{name}"
        if importable and "." not in module:
            known_as = module if alias == module else f"{module} as {alias}"
            return Imported(name, library, paths, (f"import {known_as}",))
        # Not imported under another name: a package may have given the last part of it to something else.
        taken = f"{alias} = importlib.import_module({quoted(module)})"
    else:
        alias = _free(top, place, names)
        name = f"{alias}{dot}{rest}"
        if importable:
            known_as = top if alias == top else f"{top} as {alias}"
            return Imported(name, library, paths, (f"from {module} import {known_as}",))
        taken = f"{alias} = importlib.import_module({quoted(module)}).{top}"
    return Imported(name, (*library, "import importlib"), paths, (), (taken,))


def _is_missed(place: str, places: Iterable[str]) -> bool:
    """Say whether an import that is to find a file may find another module of its name."""
    if not is_file(place):
        return False
    name = _module(place)
    others = (other for other in places if not is_file(other) or not _is_same(as_found(other), place))
    return name in _KNOWN or any(name == _module(other, first=True) for other in others)


def _is_same(path: str, other: str) -> bool:
    return os.path.normpath(path) == os.path.normpath(other)


def _loaded(place: str, name: str, names: Names) -> Imported:
    """Return what is in a file that is loaded by its path, and where it finds the files beside it."""
    folder = os.path.split(place)[0]
    alias = _free(_identifier(f"file_{place.removesuffix('.py')}"), f"load {place}", names)
    # What others mean by a name of Python must be found before the file of this name.
    look = f"sys.path.append({quoted(folder)})" if _module(place) in _KNOWN else f"sys.path.insert(0, {quoted(folder)})"
    library = ("import importlib.util", "import sys")
    lines = (_LOAD, f"{alias} = load_file({quoted(alias)}, {quoted(place)})")
    return Imported(f"{alias}.{name}", library, (look,) if folder else (), loaded=lines)


def _module(place: str, *, first: bool = False) -> str:
    """Return the name under which an import knows a file or a module; of a package's module perhaps the first part."""
    if is_file(place):
        return os.path.split(place)[1].removesuffix(".py")
    return place.partition(".")[0] if first else place


def _free(name: str, meaning: str, names: Names) -> str:
    """Return a name that means this in the program, and nothing else."""
    while (name in _TAKEN and meaning != "builtins") or names.bound.get(name, meaning) != meaning:
        name += "_"
    names.bound[name] = meaning
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
