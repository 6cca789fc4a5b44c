"""Carrying out a plan: visit after visit, saved after each, interrupted cleanly."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from typing import TYPE_CHECKING

from bench.cli import output, voice
from bench.core import start
from bench.core.errors import NotComparable
from bench.core.record import Failure, Record, Result
from bench.core.signals import held_back
from bench.core.units import format_seconds
from bench.engine import preparation, schedule
from bench.engine.launch import digest
from bench.store.identity import SOURCE_DIGEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.core.machine import Machine
    from bench.core.plan import Plan
    from bench.core.side import Side
    from bench.engine.schedule import Launch


PREPARING = 10  # deadlines of one visit: each item is done once, in one process, and then some of them again


def begin(plan: Plan, machine: Machine, sides: Mapping[str, Side] | None = None) -> Record:
    """Return a record in which nothing is measured yet; ``sides`` where several measure."""
    now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    return Record(plan, machine, shlex.join(["primebench", *sys.argv[1:]]), now, {}, {}, sides or {})


def check_source(record: Record, path: Path) -> None:
    """Raise `NotComparable` if a part of a record was measured with other code than this primebench would use now."""
    processes = [one for result in record.results.values() for one in result.processes]
    now = digest(start.SOURCE)
    others = {str(one.metadata.get(SOURCE_DIGEST, now)) for one in processes} - {now}
    if others:
        raise NotComparable(
            f"{path} was measured with another primebench (source {', '.join(sorted(others))}; this one is {now}); "
            "go on with that one, or begin a new record."
        )


def measure(record: Record, path: Path, launch: Launch, *, anonymous: bool) -> tuple[Record, Path]:
    """Make the visits that the record lacks; return it complete, and where it was saved.

    KeyboardInterrupt passes through, with everything finished so far already on disk.
    """
    with preparation.prepared(record, PREPARING * record.plan.effort.timeout_s) as ready:
        return _measure(ready, path, launch, anonymous=anonymous)


def _measure(record: Record, path: Path, launch: Launch, *, anonymous: bool) -> tuple[Record, Path]:
    visits = schedule.remaining(record.plan, record)
    known = {key: result.loops for key, result in record.results.items()}
    path = output.save(record, path, anonymous=anonymous)
    seen = set(known)
    with voice.Progress(len(visits)) as progress:
        running = schedule.run(visits, record.plan, launch, known)
        for visit, outcome in running:
            with held_back():
                record = record.with_outcome(outcome)
                path = output.save(record, path, anonymous=anonymous)
            progress.finish(visit.case.member, _in_words(outcome), first=visit.case.id not in seen)
            seen.add(visit.case.id)
    return record, path


def _in_words(outcome: Result | Failure) -> str:
    if isinstance(outcome, Failure):
        return f"{outcome.kind} ({outcome.message})"
    return format_seconds(min(outcome.samples[-1]))


def exit_code(record: Record, named: set[str]) -> int:
    """Return 1 when a case failed, a member that was named is missing here, or nothing was measured; else 0."""
    missed = any(skip.kind == "missing" and skip.case.member in named for skip in record.plan.skips)
    return 1 if record.failures or missed or not record.results else 0
