"""Prepare jobs before anything is timed: each once, in a process of its own that is ended with all it has started."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import families, jobs, start
from bench.core.errors import BrokenPlugin, NoSuchFunction, UsageError
from bench.core.job import FOLDER, SEEN
from bench.core.plan import work_of
from bench.core.record import Failure, Skip
from bench.engine import last_words, session
from bench.engine.environment import environment, standing, told, with_remedy
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bench.core.case import Case, Value
    from bench.core.plan import Plan
    from bench.core.record import Record
    from bench.core.side import Side

_PREPARING = 10  # deadlines of one visit: each item is done once, in one process, and then some of them again
_ENDING_S = 10.0  # what may pass from the deadline until a session has been ended and its output read
_ERRORS = {"absent": NoSuchFunction, "usage": UsageError, "broken": BrokenPlugin}


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long it may take to prepare a job.

    Attributes:
        seconds: so long.
        longer: what gives it more time, as a part of a sentence.
    """

    seconds: float
    longer: str


@contextmanager
def prepared(record: Record, side: Side, deadline: Deadline | None = None) -> Iterator[tuple[Record, Side]]:
    """Yield the record with all its jobs prepared, for as long as it is measured, and the side that finds them.

    Args:
        record: whose plan names the jobs.
        side: who will measure.
        deadline: of each job; by default several deadlines of a visit.

    Raises:
        UsageError, BrokenPlugin: what a job names cannot be found or loaded.
    """
    with prepared_by(record, {"": side}, deadline) as (ready, sides):
        yield ready, sides[""]


@contextmanager
def prepared_by(
    record: Record, sides: Mapping[str, Side], deadline: Deadline | None = None
) -> Iterator[tuple[Record, dict[str, Side]]]:
    """Do the same for several sides, each of which prepares the jobs for itself: another Python, another truth.

    Raises:
        UsageError, BrokenPlugin: what a job names cannot be found or loaded.
    """
    with temp_folder("primebench-job-") as folder:
        ready = {}
        for number, (name, side) in enumerate(sides.items()):
            own = folder / str(number)
            own.mkdir()
            found = prepare(record.plan, own, side, name, deadline)
            record = replace(record, plan=found.plan, jobs={**record.jobs, **found.facts})
            for failure in found.failures:
                record = record.with_outcome(replace(failure, side=name))
            ready[name] = finding(side, own)
        yield record, ready


def finding(side: Side, folder: Path) -> Side:
    """Return the side whose processes find in this folder what was prepared."""
    return replace(side, environ=(*side.environ, (FOLDER, str(folder))))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a plan is once its jobs are prepared.

    Attributes:
        plan: without the cases whose member cannot carry the job, and with the work of all others.
        failures: the cases whose job can lead to no time.
        facts: key of a job -> what is known about it.
    """

    plan: Plan
    failures: tuple[Failure, ...]
    facts: Mapping[str, Mapping[str, Value]]


def prepare(plan: Plan, folder: Path, side: Side, name: str = "", deadline: Deadline | None = None) -> Prepared:
    """Prepare every job of a plan that needs it.

    Args:
        plan: what is to be measured.
        folder: where what is prepared is kept as long as anything is measured.
        side: who will measure: its interpreter and its environment.
        name: of the side, where several measure; what it does not measure, it does not prepare.
        deadline: of each job; by default several deadlines of a visit.

    Raises:
        UsageError, BrokenPlugin: what a job names cannot be found or loaded.
    """
    deadline = deadline or Deadline(_PREPARING * plan.effort.timeout_s, "raise --timeout")
    known: dict[str, dict[str, Value] | tuple[str, str]] = {}
    kept, skips, failures, work = [], list(plan.skips), [], dict(plan.work)
    for case in plan.cases:
        family = families.load(case.family)
        kind = jobs.of(dict(case.params)) if family.shared_by else None
        key = kind.key(dict(case.params)) if kind and kind.prepare else ""
        if kind is None or not key or (name and name not in plan.measured_by[case.id]):
            kept.append(case)
            continue
        if key not in known:
            known[key] = _once(case, folder, deadline, side)
        found = known[key]
        if isinstance(found, tuple):
            kept.append(case)
            failures.append(Failure(case, *found))
            continue
        reason = kind.refuse(dict(case.params), found, family.demands(case.member))
        if reason:
            skips.append(Skip(case, "skipped", reason))
            continue
        kept.append(case)
        if amount := work_of(family, case, kind, found):
            work[case.id] = amount
    facts = {key: found for key, found in known.items() if not isinstance(found, tuple)}
    plan = replace(plan, cases=tuple(kept), skips=tuple(_once_each(skips)), work=work)
    return Prepared(plan, tuple(failures), facts)


def _once_each(skips: Iterable[Skip]) -> Iterable[Skip]:
    """Yield the skips of each member and reason once, as drawing a plan does."""
    seen = set()
    for skip in skips:
        if (skip.case.member, skip.reason) not in seen:
            seen.add((skip.case.member, skip.reason))
            yield skip


def _once(case: Case, folder: Path, deadline: Deadline, side: Side) -> dict[str, Value] | tuple[str, str]:
    """Return the facts of a job, or the kind of its failure and why."""
    try:
        with temp_folder("primebench-") as own:
            work = partial(_run, case, folder, own, deadline, side)
            with Supervisor(work, own) as supervisor:
                said: tuple[str, str] | dict[str, Value] = supervisor.answer(deadline.seconds + _ENDING_S)
    except TimeoutError:
        said = "timed-out", f"the job could not be prepared within {deadline.seconds:.4g} s; {deadline.longer}"
    except Ended as error:
        said = "crashed", str(error)
    if isinstance(said, tuple) and said[0] in _ERRORS:
        raise _ERRORS[said[0]](said[1])
    return said


def _run(case: Case, folder: Path, own: Path, deadline: Deadline, side: Side) -> dict[str, Value] | tuple[str, str]:
    answer, environ = own / "answer.json", {**environment(own, side), FOLDER: str(folder)}
    ending = session.run(
        start.command(side.python, "bench.engine.worker.preparation", case.to_json(), str(answer)),
        env=environ,
        stdout=own / "stdout",
        stderr=own / "stderr",
        timeout_s=deadline.seconds,
        on_start=partial(note_session, own),
        cwd=side.folder or standing(own),
    )
    if ending.code is None:
        why = f"one pass over all items takes more than {deadline.seconds:.4g} s"
        return "timed-out", f"{why}; {deadline.longer}, or --take fewer"
    try:
        data = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        talk = (own / "stderr").read_text(encoding="utf-8", errors="replace")
        return "crashed", f"the job cannot be prepared: {last_words.of(ending.code, talk)}"
    if "kind" in data:
        return data["kind"], with_remedy(data["message"], environ)
    return {**data, **({SEEN: seen} if (seen := told(side)) else {})}
