"""What a use case tells while it works; whoever listens decides what is shown."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.record import Failure, Result


@dataclass(frozen=True, slots=True)
class Stage:
    """So many visits come next.

    Attributes:
        name: what they are for.
        visits: how many they are at the most; 0 where that is not known.
        seconds: about how long they take; 0 where that is not known.
        cases: what is visited, where that is known.
        announced: whether it is one of several steps, which are told as they begin.
    """

    name: str
    visits: int
    seconds: float = 0.0
    cases: tuple[Case, ...] = ()
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit begins."""

    case: Case


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit is over, and what came of it is saved.

    Attributes:
        outcome: times, or a failure.
        first: whether it is the first of its case, or the one that failed.
    """

    outcome: Result | Failure
    first: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know: where a record went, or what comes next."""

    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that weakens what follows."""

    text: str


Event = Stage | Begun | Visited | Note | Warned
_Found = TypeVar("_Found")
Work = Generator[Event, None, _Found]
"""A use case: it yields events, and returns what it has found."""


def result_of(work: Work[_Found]) -> _Found:
    """Do the work, listen to nothing, and return what it has found."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: _Found = end.value
            return found
