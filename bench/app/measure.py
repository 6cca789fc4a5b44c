"""Carry out a plan: visit after visit, each saved before it is told, interrupted cleanly."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.app.events import Begun, Note, Stage, Visited, Warned
from bench.core import start
from bench.core.errors import NotComparable
from bench.core.job import SEEN
from bench.core.record import Record
from bench.core.side import here, slowed_by
from bench.core.source import digest
from bench.core.visit import Visit
from bench.engine import cluster, preparation, schedule
from bench.store.anonymity import scrubbed
from bench.store.identity import SOURCE_DIGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bench.app.events import Work
    from bench.app.ledger import Ledger
    from bench.core.commit import Commit
    from bench.core.machine import Machine
    from bench.core.plan import Plan
    from bench.core.side import Side
    from bench.engine.cluster import Found
    from bench.engine.schedule import Launch

_OF_WORK = {"items_sha256": "the items", "source_sha256": "the code"}  # facts of a job -> what they tell


def begin(
    plan: Plan,
    machine: Machine,
    sides: Mapping[str, Side] | None = None,
    commit: Commit | None = None,
    command: str = "",
) -> Record:
    """Return a record in which nothing is measured yet.

    Args:
        plan: what is to be measured.
        machine: where.
        sides: who measures, where several do.
        commit: of what is measured, where one measures.
        command: by which; that of this process if empty.
    """
    now = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    command = command or shlex.join(["primebench", *sys.argv[1:]])
    return Record(plan, machine, command, now, {}, {}, sides or {}, commit=commit)


def check_source(record: Record, path: Path) -> None:
    """Raise `NotComparable` if a part of a record was measured with other code than this primebench would use now.

    A side that was slowed on purpose has other code than this primebench ever has.
    """
    results = [result for result in record.results.values() if slowed_by(result.side) is None]
    processes = [one for result in results for one in result.processes]
    now = digest(start.SOURCE)
    others = {str(one.metadata.get(SOURCE_DIGEST, now)) for one in processes} - {now}
    if others:
        raise NotComparable(
            f"{path} was measured with another primebench (source {', '.join(sorted(others))}; this one is {now}); "
            "go on with that one, or begin a new record."
        )


def as_known(record: Record, sides: Mapping[str, Side]) -> dict[str, Side]:
    """Return sides that go on with a record, known by the interpreters that it names: theirs may lie elsewhere now."""
    known = {
        result.side: str(result.processes[0].metadata.get("python_executable", ""))
        for result in record.results.values()
    }
    return {name: replace(side, known_as=known.get(name) or side.known_as) for name, side in sides.items()}


def measure(
    ledger: Ledger, launch: Launch, sides: Mapping[str, Side] | None = None, inherits: tuple[str, ...] = ()
) -> Work[Record]:
    """Make the visits that the ledger's record lacks; return the record complete.

    KeyboardInterrupt passes through, with everything finished so far already on disk.

    Args:
        ledger: where the record is kept.
        launch: makes a visit.
        sides: who measures, by name; None is the primebench that runs right now.
        inherits: the names of variables of the user's that their processes have.

    Raises:
        NotComparable: a part of it was measured on another cluster, with other code or items, or with other variables.
    """
    standing = as_known(ledger.record, sides) if sides else {"": here()}
    everybody = {name: replace(side, inherits=inherits) for name, side in standing.items()}
    with (
        cluster.ready(ledger.record.plan.cases) as found,
        preparation.prepared_by(_on(ledger.record, found), _all_using(found, everybody)) as (ready, prepared),
    ):
        _check_unchanged(ledger.record, ready)
        ledger.record = ready
        yield from _told(found)
        with ledger.open():
            slots = schedule.remaining(ready.plan, ready)
            known = {key: result.loops for key, result in ready.results.items()}
            seen = set(known)
            yield Stage("measuring", len(slots), cases=ready.plan.cases)
            for slot, outcome in schedule.run(slots, ready.plan, launch, known, prepared):
                ledger.add(outcome)
                yield Visited(outcome, first=slot.key not in seen)
                yield from ledger.warnings()
                seen.add(slot.key)
        yield from ledger.warnings()
    return ledger.record


def _on(record: Record, found: Found) -> Record:
    """Return the record with the machines of a cluster.

    Raises:
        NotComparable: a part of it was measured with others.
    """
    met = replace(record, plan=cluster.runnable(record.plan, found), others=found.hosts, cluster=found.facts)
    if record.results and (record.others, record.cluster) != (met.others, met.cluster):
        raise NotComparable("the record was begun with another cluster, or with none; go on with that, or begin anew.")
    return met


def _check_unchanged(before: Record, ready: Record) -> None:
    """Refuse to go on with other work than was measured, or to lose its times: a row would hold two versions of it.

    The user's code would also be another one where it sees other variables than those that were written down for it.
    Of several Pythons a record keeps the facts that the last one has found; so the last one's are compared.
    """
    again = "go on with what there was, or begin a new record."
    if lost := next((failure for key, failure in ready.failures.items() if key in before.results), None):
        raise NotComparable(f"{lost.case.id} was measured before, and its job fails now: {lost.message}; {again}")
    for key, facts in before.jobs.items() if before.results else ():
        for name, what in _OF_WORK.items():
            if facts.get(name) != ready.jobs[key].get(name):
                raise NotComparable(f"{what} of {facts.get('function')} changed after the record was begun; {again}")
    for key, facts in before.jobs.items():
        known, seen = (str(each.get(SEEN, "")) for each in (facts, ready.jobs.get(key, facts)))
        seen = scrubbed(seen) if before.machine.host_name is None else seen  # as an anonymous record keeps it
        if known != seen:
            raise NotComparable(
                f"the record was begun with {known or 'none'} of your variables, and now there is {seen or 'none'}; "
                "set them as they were, with --inherit-environ for others than numbers of threads, or begin anew."
            )


def _all_using(found: Found, sides: Mapping[str, Side]) -> dict[str, Side]:
    return {name: _using(found, side) for name, side in sides.items()}


def _using(found: Found, side: Side) -> Side:
    return replace(side, environ=(*side.environ, *found.environ))


def _told(found: Found) -> Iterator[Note | Warned]:
    yield from map(Warned, found.warnings)
    yield from map(Note, found.sent)


def check(record: Record, launch: Launch, inherits: tuple[str, ...] = ()) -> Work[Record]:
    """Make one untimed visit to every case, and return the record with what came of them; nothing is saved."""
    with (
        cluster.ready(record.plan.cases) as found,
        preparation.prepared(_on(record, found), _using(found, replace(here(), inherits=inherits))) as (ready, side),
    ):
        record, plan = ready, ready.plan
        yield from _told(found)
        cases = [case for case in plan.cases if case.id not in ready.failures]
        yield Stage("checking", len(cases), cases=tuple(cases))
        for case in cases:
            yield Begun(case)
            outcome = launch(Visit(case, plan.effort, plan.affinity, 1, side))
            record = record.with_outcome(outcome)
            yield Visited(outcome, first=False)
    return record
