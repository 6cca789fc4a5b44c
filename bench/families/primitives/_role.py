"""What a primitive is: the template to write a new one from.

A primitive is one file in this folder. It defines

``SOURCE``
    Where it comes from, which also says who waits for whom: ``"threading"`` (threads of one process),
    ``"multiprocessing"`` (processes, through the operating system) or ``"manager"`` (processes that ask a server
    process, which holds the primitive).
``KIND``
    The name of its kind, one file in `kinds`, which says what its parties do and what it must promise. A primitive
    that is the only one of its kind may define in its own file what `_kind` asks for, and has no ``KIND``.

Optional names:

``make(source, number, **options)``
    How to make one, where that is not how its kind is made (see `_kind`).
``missing()``
    Why it cannot run on this machine, or None.

Whatever it makes has the methods that its kind uses, and travels to the parties as an argument of their processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.core import catalog
from bench.core.errors import BrokenPlugin, reason
from bench.families.primitives import _kind
from bench.families.primitives._kind import Kind

PACKAGE = "bench.families.primitives"

SOURCES = ("threading", "multiprocessing", "manager")


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive's file as a record; see the module's docstring for the meaning of the fields."""

    name: str
    source: str
    kind: Kind
    make: Callable[..., Any]
    missing: str | None


def load(name: str) -> Primitive:
    """Return the primitive ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("SOURCE",))
    known = {"SOURCE": SOURCES} | ({"KIND": catalog.names(_kind.PACKAGE)} if hasattr(module, "KIND") else {})
    for word, allowed in known.items():
        if getattr(module, word) not in allowed:
            said = f"{word} is {getattr(module, word)!r}; known are {', '.join(allowed)}."
            raise BrokenPlugin(f"{module.__file__}: {said}")
    kind = _kind.load(module.KIND) if hasattr(module, "KIND") else _kind.of(module)
    return Primitive(
        name=name,
        source=module.SOURCE,
        kind=kind,
        make=getattr(module, "make", kind.make),
        missing=catalog.missing(module) or _missing(module.SOURCE),
    )


def _missing(source: str) -> str | None:
    if source == "multiprocessing":
        try:
            import_module("multiprocessing.synchronize")  # fails where the platform has no working sem_open
        except ImportError as error:
            return f"this system has no semaphores for processes ({reason(error)})."
    return None
