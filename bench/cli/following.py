"""Show the events of a use case as a progress line, notes and warnings, and return what it has found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bench.app.events import Begun, Note, Stage, Visited, Warned
from bench.cli import voice
from bench.cli.heartbeat import waited_for
from bench.cli.progress import Progress, about
from bench.core.record import Failure
from bench.core.units import format_seconds
from bench.reports.columns import varying
from bench.reports.naming import apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.app.events import Event, Work
    from bench.core.record import Result

_Found = TypeVar("_Found")


def follow(work: Work[_Found]) -> _Found:
    """Do the work and tell what happens; KeyboardInterrupt passes through once the work has saved what it has."""
    progress, axes = Progress(0), []
    try:
        while True:
            event = waited_for(partial(next, work), progress.patience_s, progress.wait)
            if isinstance(event, Stage):
                progress.close()
                progress, axes = Progress(event.visits, event.seconds), varying(event.cases)
                if event.announced:
                    voice.note(_announced(event))
            else:
                _tell(progress, event, axes)
    except StopIteration as end:
        progress.close()
        found: _Found = end.value
        return found
    except BaseException:
        work.close()
        progress.close()
        raise


def _announced(stage: Stage) -> str:
    lasting = f", {about(stage.seconds)}" if stage.seconds else ""
    return f"{stage.name}: {stage.visits} visit{'s' if stage.visits != 1 else ''}{lasting}"


def _tell(progress: Progress, event: Event, axes: Sequence[str]) -> None:
    if isinstance(event, Begun):
        progress.begin(apart(event.case, axes))
    elif isinstance(event, Visited):
        what = apart(event.outcome.case, axes, event.outcome.side)
        progress.finish(what, _in_words(event.outcome), first=event.first)
    elif isinstance(event, Note):
        voice.note(event.text)
    elif isinstance(event, Warned):
        voice.warn(event.text)


def _in_words(outcome: Result | Failure) -> str:
    if isinstance(outcome, Failure):
        return f"{outcome.kind} ({outcome.message})"
    return format_seconds(min(outcome.samples[-1]))
