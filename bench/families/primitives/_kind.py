"""What a kind of primitive is: the template to write a new one from.

A kind is one file in `kinds`. It defines

``make(source, number, **options)``
    How to make one. ``source`` is the `threading` module, a multiprocessing context or a started manager; ``number``
    is how many places or parties it has, and means nothing to most; ``options`` are what ``prove`` asks for.
``prove(proof)``
    What it must do besides keeping count, stated with a `bench.families.primitives._proof.Proof`, once before
    anything is timed. Source of the sentences: Python documentation, "threading" and "multiprocessing,
    Synchronization primitives".
``alone(primitive, cycles)``
    What one party does without others. Returns how often it was granted, which must be ``cycles``.
``contended(shared, index, cycles)``
    What party ``index`` does while all are at it, with what they share (`_cycles.Shared`). Takes ``cycles`` steps
    (`_cycles.step`) together with the others. Returns how many of the cycles were this party's.

Optional names:

``nested(primitive, cycles)``
    As ``alone``, while the party holds the primitive already.
``handoff(shared, index, cycles)``
    As ``contended``, where the parties form a ring in which each waits for its turn and hands it on.
``NO_HANDOFF``
    Why there is no ``handoff``: a predicate, the kind itself being the subject.
``contended_primitives(make, parties)``, ``handoff_primitives(make, parties)``
    The primitives that all parties share (``make(number)`` makes one). By default one for ``contended``; for
    ``handoff`` one for each party, of which all but the first are taken.
``RACES``
    Whether parties compete, so that one may get more than another.
``LEADS``
    Whether party 0 leads the others when contended: it takes a step of its own in each cycle and does not compete.
``COUNTS``
    Whether the primitive has a ``value`` of its own, which is then what it guards.

Parties load the file as processes of their own, so it imports next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core import catalog
from bench.core.errors import BrokenPlugin

if TYPE_CHECKING:
    from types import ModuleType

    from bench.families.primitives._cycles import Alone, Loop
    from bench.families.primitives._proof import Proof

PACKAGE = "bench.families.primitives.kinds"
NEEDS = ("make", "prove", "alone", "contended")
OPTIONS = (
    "nested", "handoff", "NO_HANDOFF", "contended_primitives", "handoff_primitives", "RACES", "LEADS", "COUNTS",
)  # fmt: skip

Made = Callable[[Callable[[int], Any], int], list[Any]]


def _one(make: Callable[[int], Any], _parties: int) -> list[Any]:
    return [make(1)]


def _ring(make: Callable[[int], Any], parties: int) -> list[Any]:
    primitives = [make(1) for _ in range(parties)]
    for primitive in primitives[1:]:
        primitive.acquire()
    return primitives


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind's file as a record; see the module's docstring for the meaning of the fields."""

    make: Callable[..., Any]
    prove: Callable[[Proof], None]
    alone: Alone
    contended: Loop
    nested: Alone | None = None
    handoff: Loop | None = None
    no_handoff: str = "has no turn to hand on"
    contended_primitives: Made = _one
    handoff_primitives: Made = _ring
    races: bool = False
    leads: bool = False
    counts: bool = False


def of(module: ModuleType) -> Kind:
    """Return the kind that ``module`` defines; `BrokenPlugin` when it lacks a name."""
    missing = [name for name in NEEDS if not hasattr(module, name)]
    if missing:
        raise BrokenPlugin(f"{module.__file__}: does not define {', '.join(missing)}, which a kind of primitive needs.")
    return Kind(**{name.lower(): getattr(module, name) for name in (*NEEDS, *OPTIONS) if hasattr(module, name)})


def load(name: str) -> Kind:
    """Return the kind ``name``; `BrokenPlugin` when its file breaks the contract."""
    return of(catalog.load(PACKAGE, name))
