"""Show the events of a use case as a progress line, notes and warnings, and return what it has found."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bench.app.events import Begun, Note, Stage, Visited, Warned
from bench.cli import voice
from bench.core.record import Failure
from bench.core.units import format_seconds

if TYPE_CHECKING:
    from bench.app.events import Event, Work
    from bench.core.record import Result

_Found = TypeVar("_Found")


def follow(work: Work[_Found]) -> _Found:
    """Do the work and tell what happens; KeyboardInterrupt passes through once the work has saved what it has."""
    progress = voice.Progress(0)
    try:
        while True:
            event = next(work)
            if isinstance(event, Stage):
                progress.close()
                progress = voice.Progress(event.visits, event.seconds)
            else:
                _tell(progress, event)
    except StopIteration as end:
        progress.close()
        found: _Found = end.value
        return found
    except BaseException:
        work.close()
        progress.close()
        raise


def _tell(progress: voice.Progress, event: Event) -> None:
    if isinstance(event, Begun):
        progress.begin(event.case.member)
    elif isinstance(event, Visited):
        who = f"{event.outcome.side} " if event.outcome.side else ""
        progress.finish(f"{who}{event.outcome.case.member}", _in_words(event.outcome), first=event.first)
    elif isinstance(event, Note):
        voice.note(event.text)
    elif isinstance(event, Warned):
        voice.warn(event.text)


def _in_words(outcome: Result | Failure) -> str:
    if isinstance(outcome, Failure):
        return f"{outcome.kind} ({outcome.message})"
    return format_seconds(min(outcome.samples[-1]))
