"""What a primitive is: the template to write a new one from.

A primitive is one file in this folder. It defines

``SOURCE``
    Where it comes from, which also says who waits for whom: ``"threading"`` (threads of one process),
    ``"multiprocessing"`` (processes, through the operating system) or ``"manager"`` (processes that ask a server
    process, which holds the primitive).
``KIND``
    Its shape, which decides what its parties do: one of `KINDS`.

Optional names:

``make(source, number, **options)``
    How to make one. ``source`` is the `threading` module, a multiprocessing context or a started manager; ``number``
    is the number of places of a semaphore or of parties of a barrier, and means nothing to the others; ``options``
    are what the kind is proven with (``action`` of a barrier). Not needed where the source offers the kind itself.
``missing()``
    Why it cannot run on this machine, or None.

Whatever it makes has the methods of its kind in `threading`, and travels to the parties as an argument of their
processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.core import catalog
from bench.core.errors import BrokenPlugin, reason

PACKAGE = "bench.families.primitives"

SOURCES = ("threading", "multiprocessing", "manager")


@dataclass(frozen=True, slots=True)
class Kind:
    """A shape of primitive.

    Attributes:
        make: (source, number, options) -> a primitive.
        hands_on: whether one party may release what another has taken, so that a turn can be handed on.
        re_enters: whether the party that holds it may take it again.
        races: whether parties compete for it, so that one may get more than another.
    """

    make: Callable[..., Any]
    hands_on: bool = False
    re_enters: bool = False
    races: bool = False


KINDS = {
    "lock": Kind(lambda source, number: source.Lock(), hands_on=True, races=True),
    "rlock": Kind(lambda source, number: source.RLock(), re_enters=True, races=True),
    "semaphore": Kind(lambda source, number: source.Semaphore(number), hands_on=True, races=True),
    "bounded-semaphore": Kind(lambda source, number: source.BoundedSemaphore(number), hands_on=True, races=True),
    "value-lock": Kind(lambda source, number: source.Value("q", 0), re_enters=True, races=True),
    "event": Kind(lambda source, number: source.Event(), hands_on=True),
    "condition": Kind(lambda source, number: source.Condition(), hands_on=True, races=True),
    "barrier": Kind(lambda source, number, **options: source.Barrier(number, **options)),
}


@dataclass(frozen=True, slots=True)
class Primitive:
    """A primitive's file as a record; see the module's docstring for the meaning of the fields."""

    name: str
    source: str
    kind: str
    make: Callable[..., Any]
    missing: str | None

    @property
    def shape(self) -> Kind:
        """What its kind can do."""
        return KINDS[self.kind]


def load(name: str) -> Primitive:
    """Return the primitive ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("SOURCE", "KIND"))
    for word, known in (("SOURCE", SOURCES), ("KIND", tuple(KINDS))):
        if getattr(module, word) not in known:
            raise BrokenPlugin(f"{module.__file__}: {word} is {getattr(module, word)!r}; known are {', '.join(known)}.")
    return Primitive(
        name=name,
        source=module.SOURCE,
        kind=module.KIND,
        make=getattr(module, "make", KINDS[module.KIND].make),
        missing=catalog.missing(module) or _missing(module.SOURCE),
    )


def _missing(source: str) -> str | None:
    if source == "multiprocessing":
        try:
            import_module("multiprocessing.synchronize")  # fails where the platform has no working sem_open
        except ImportError as error:
            return f"this system has no semaphores for processes ({reason(error)})."
    return None
