"""From evidence to a ranked choice: what is advised is a function of what was measured, and of nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.analysis import cost_model, racing
from bench.app import snippet
from bench.app.evidence import LOAD, WHOLE, times_of
from bench.app.survey import is_small
from bench.core import catalog
from bench.core.chunks import per_message
from bench.core.errors import BrokenPlugin, UsageError
from bench.core.family import Unfit
from bench.core.reason import Kind, Reason, said
from bench.core.reference import Role
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY
from bench.samples.advice import BASELINE, Advice, Option
from bench.samples.explained import explained
from bench.samples.readings import disturbed

if TYPE_CHECKING:
    from pathlib import Path

    from bench.app.evidence import Evidence
    from bench.app.ways import Way
    from bench.core.case import Case
    from bench.core.record import Record
    from bench.samples.explained import Explained

_NOISY = 0.1
"""Standard deviation of single times from which on the machine counts as busy; of a quiet one it is 0.01 to 0.05."""

_WORTH = 1.1
"""Speed-up that must be ruled out before the plain loop is advised for good; less is not worth a pool."""

_FEW = 4
"""Visits of a case below which an ordinary record is said to have few."""


def answer(evidence: Evidence, path: Path | None, *, interrupted: bool = False) -> Advice:
    """Return what is advised.

    Args:
        evidence: with a time of the plain loop.
        path: the file that holds it.
        interrupted: whether it was ended before its time.
    """
    raced, baseline = evidence.raced, evidence.baseline.id
    without_code = _without_code(evidence)
    racers = [*(name for name in evidence.finalists if _case(evidence, name).member not in without_code), baseline]
    standing = racing.stand(raced, [name for name in racers if name in raced])
    facts = _facts(evidence)
    options = {name: _option(evidence, name) for name in standing.ties}
    # Nobody cares for so small a difference, and everybody for code that can be read.
    alike = [name for name in options if name in standing.gaps and standing.gaps[name].ratio < 1 + racing.ALIKE]
    best = min(alike, key=lambda name: _length(evidence, options[name], facts)[:2])
    if options[standing.best].speedup < 1 + 2 * racing.ALIKE:
        best = baseline
    choice = options.get(best) or _option(evidence, best)
    ties = _apart(choice, (option for name, option in options.items() if name != best))
    way = evidence.ways.get(best)
    whole = _case_of(evidence, choice)
    simplest = min((choice, *ties), key=lambda option: _length(evidence, option, facts))
    measured_s = median(raced[best].values())
    seen = next((one for one in explained(evidence.record)[0] if one.case.id == best), None)
    told = evidence.record.jobs.get(LOAD, {})
    part = int(told.get("part", 1))
    limit = evidence.record.results.get(evidence.record.plan.reference(best, Role.LIMIT) or "")
    ceiling_s = median(times_of(limit.processes).values()) if limit else None
    small = evidence.basis is not None and is_small(evidence.basis.load)
    answered = _is_answered(choice, ties) and (small or _was_tried(evidence))
    return Advice(
        choice=choice,
        ties=ties,
        simplest="" if simplest is choice else simplest.backend,
        count=int(facts["count"]),
        serial_s=median(evidence.times[baseline].values()) * part,
        chunksize_range=_chunksize_range(evidence, way, choice, standing),
        serial_below=_serial_below(evidence, way),
        predicted_s=way.predicted.seconds if way else None,
        measured_s=measured_s,
        of_ceiling=ceiling_s / measured_s if ceiling_s and best != baseline else None,
        snippet=snippet.program(whole, facts) if answered else None,
        call=snippet.call(whole, facts) if answered else None,
        limit=("size" if small else None) if best == baseline else _limit(way, seen),
        explained=seen,
        cases=len(evidence.times),
        finished=len(evidence.finalists) + 1,
        part=part,
        left_out=_left_out(evidence) | without_code,
        lacking=_lacking(evidence, choice),
        doubts=_doubts(evidence.record, standing),
        answered=answered,
        interrupted=interrupted,
        elapsed_s=float(told.get("elapsed_s", 0.0)),
        record=path,
    )


def _apart(choice: Option, others: Iterable[Option]) -> tuple[Option, ...]:
    """Return the others without those that become the same for the whole job, of which a part was measured."""
    found = {_code(choice): choice}
    for option in others:
        found.setdefault(_code(option), option)
    return tuple(found.values())[1:]


def _code(option: Option) -> tuple[str, int, int | None, str]:
    return option.backend, option.workers, option.chunksize, option.start


def _was_tried(evidence: Evidence) -> bool:
    """Return whether any way to distribute the job was measured, or found not to work."""
    record, references = evidence.record, FAMILY.references.values()
    return any(
        case.member not in references
        for case in record.plan.cases
        if case.id in record.results or case.id in record.failures
    )


def _is_answered(choice: Option, ties: Sequence[Option]) -> bool:
    """Return whether the rounds tell the plain loop from what is distributed, which is the least one wants to know."""
    if choice.backend == BASELINE:
        return all(option.high is not None and option.high < _WORTH for option in ties)
    return choice.low is not None and choice.low > 1


def _option(evidence: Evidence, name: str) -> Option:
    raced, baseline = evidence.raced, evidence.baseline.id
    case = _case(evidence, name)
    if name == baseline:
        return Option(case, None, 1.0, 1.0, 1.0)
    gap = racing.gap(raced, baseline, name)
    if gap is None or gap.high == inf:
        middle = gap.ratio if gap else median(evidence.times[baseline].values()) / median(raced[name].values())
        return Option(case, _chunksize(evidence, case), middle, None, None)
    return Option(case, _chunksize(evidence, case), gap.ratio, gap.low, gap.high)


def _limit(way: Way | None, seen: Explained | None) -> str | None:
    if seen is None:
        return way.predicted.limit if way else None
    return seen.worst.part if seen.worst.matters else "cpus"


def _chunksize(evidence: Evidence, case: Case) -> int | None:
    """Return the chunk size for the whole job, of which a part may have been measured."""
    basis, way = evidence.basis, evidence.ways.get(case.id)
    if basis is None or way is None or basis.part == 1:
        work = evidence.record.plan.work.get(case.id)
        return per_message(case["chunksize"], work.size if work else 0, int(case["workers"]))
    return cost_model.best_chunk(basis.whole, way.price, basis.host, way.workers)[0]


def _case_of(evidence: Evidence, option: Option) -> Case:
    field = replace(evidence.field, start=option.start)
    return field.case(option.backend, option.workers, option.chunksize or option.case["chunksize"])


def _chunksize_range(
    evidence: Evidence, way: Way | None, choice: Option, standing: racing.Standing
) -> tuple[int, int] | None:
    """Return the chunk sizes that are good by the model or by the race, without those that the race shows as slower."""
    basis = evidence.basis
    if basis is None or way is None or choice.chunksize is None:
        return None
    low, high = cost_model.chunk_range(basis.whole, way.price, basis.host, way.workers, choice.chunksize)
    if basis.part > 1:
        return low, high
    raced = [
        (other.chunksize, name)
        for name, other in evidence.ways.items()
        if (other.case.member, other.workers) == (way.case.member, way.workers) and name in standing.gaps
    ]
    good = [size for size, name in raced if name in standing.ties]
    slower = [size for size, name in raced if standing.gaps[name].low > 1 + cost_model.LOSS]
    return (
        max([min([low, *good]), *(size + 1 for size in slower if size < choice.chunksize)]),
        min([max([high, *good]), *(size - 1 for size in slower if size > choice.chunksize)]),
    )


def _serial_below(evidence: Evidence, way: Way | None) -> int | None:
    basis = evidence.basis
    return cost_model.serial_below(basis.whole, way.price, basis.host, way.workers) if basis and way else None


def _facts(evidence: Evidence) -> Mapping[str, Any]:
    """Return what is known about the job, as far as code to paste needs it."""
    record, basis = evidence.record, evidence.basis
    known = next((facts for facts in record.jobs.values() if "items_sha256" in facts), {})
    work = record.plan.work.get(evidence.baseline.id)
    count = basis.whole.count if basis else known.get("count", work.size if work else 0)
    return {**known, "count": count}


def _length(evidence: Evidence, option: Option, facts: Mapping[str, Any]) -> tuple[bool, int, int]:
    """Return what makes code less simple: a further library, lines, letters."""
    code = snippet.call(_case_of(evidence, option), facts)
    ours = catalog.select(_backend.PACKAGE, ("all",), "", "")
    return option.backend not in ours, code.count("\n") if code else 99, len(code or "")


def _lacking(evidence: Evidence, choice: Option) -> tuple[str, ...]:
    """Return what the record does not tell, and how it is measured."""
    if evidence.basis is not None:
        return ()
    job = "".join(
        f" --{axis.name.replace('_', '-')} {shlex.quote(str(evidence.field.params[axis.name]))}"
        for axis in evidence.field.kind.axes
        if evidence.field.params[axis.name] != axis.default()
    )
    found = [
        "What items and messages cost is not in this record, so that nothing is said of other chunk sizes and of fewer "
        f"items; it is measured by: primebench advise{job}"
    ]
    same = [case for case in evidence.record.plan.cases if case.member == choice.backend and case["phase"] in WHOLE]
    sizes = {case["chunksize"] for case in same if case["workers"] == choice.workers}
    if choice.backend != BASELINE and len(sizes) == 1:
        found.append(
            f"Of {choice.backend} one chunk size was measured; others are by: primebench run{job} "
            f"--backend {choice.backend} --workers {choice.workers} --chunksize 1,10,100,1000"
        )
    visits = min(len(evidence.times[name]) for name in (evidence.baseline.id, choice.case.id))
    if visits < _FEW:
        found.append(f"{visits} visits are few to compare by; more are made with --rounds 7 or --effort normal.")
    return tuple(found)


def _case(evidence: Evidence, name: str) -> Case:
    return next(case for case in evidence.record.plan.cases if case.id == name)


def _without_code(evidence: Evidence) -> dict[str, Reason]:
    """Return why members that a record holds cannot be advised: there is no code of theirs to paste."""
    found, facts = {}, _facts(evidence)
    for case in (_case(evidence, name) for name in evidence.finalists):
        try:
            why = snippet.why_none(case, facts)
            evidence.field.case(case.member, int(case["workers"]), case["chunksize"])
        except (UsageError, BrokenPlugin, Unfit) as error:  # of a package, or a Python, that is not installed here
            why = str(error)
        if why:
            found[case.member] = said(why.rstrip("."))
    return found


def _left_out(evidence: Evidence) -> dict[str, Reason]:
    """Return why members were left out; of a member that has other times only the case that failed is named."""
    record, references = evidence.record, FAMILY.references.values()
    timed = {_case(evidence, name).member for name in evidence.times}
    skipped = {
        skip.case.member: said(skip.reason.rstrip("."))
        for skip in record.plan.skips
        if skip.case.member not in references
    }
    failed = {
        one.case.id if one.case.member in timed else one.case.member: Reason.of(
            Kind.FAILED, how=one.kind, message=one.message
        )
        for one in record.failures.values()
        if one.case.member not in references
    }
    return skipped | failed


def _doubts(record: Record, standing: racing.Standing) -> tuple[Reason, ...]:
    processes = [one for result in record.results.values() for one in result.processes]
    noisy = Reason.of(Kind.NOISY, percent=100 * standing.noise)
    spread = [noisy] if _NOISY < standing.noise < inf else []
    return (*disturbed(processes, record.machine.logical_cpus), *spread)
