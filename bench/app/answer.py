"""From evidence to a ranked choice: what is advised is a function of what was measured, and of nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.analysis import cost_model, racing
from bench.app import snippet, ways
from bench.app.conditions import conditions
from bench.app.evidence import LOAD, WHOLE, times_of
from bench.app.survey import budget_for, is_small
from bench.contract.backend import PRELOAD
from bench.core import catalog
from bench.core.case import NONE
from bench.core.chunks import per_message
from bench.core.errors import BrokenPlugin, NothingMeasured, UsageError
from bench.core.family import Unfit
from bench.core.reason import Kind, Reason, said
from bench.core.reference import Role
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY
from bench.samples.advice import BASELINE, Advice, Option
from bench.samples.explained import explained
from bench.samples.parallelism import lock_switched_on
from bench.samples.readings import disturbed

if TYPE_CHECKING:
    from pathlib import Path

    from bench.analysis.cost_model import Load
    from bench.app.evidence import Evidence
    from bench.app.ways import Field, Way
    from bench.core.case import Case
    from bench.core.record import Record
    from bench.samples.explained import Explained

_NOISY = 0.1
"""Standard deviation of single times from which on the machine counts as busy; of a quiet one it is 0.01 to 0.05."""

_WORTH = 1.1
"""Speed-up that must be ruled out before the plain loop is advised for good; less is not worth a pool."""

_FEW = 4
"""Visits of a case below which an ordinary record is said to have few."""


def answer(evidence: Evidence, path: Path | None) -> Advice:
    """Return what is advised.

    Args:
        evidence: with a time of the plain loop.
        path: the file that holds it.
    """
    judged, baseline = evidence.judged, evidence.baseline.id
    without_code = _without_code(evidence)
    unlike = {name: said(why) for name in evidence.finalists if (why := _unlike(_case(evidence, name)))}
    coded = [name for name in evidence.finalists if _case(evidence, name).member not in without_code]
    racers = [*(name for name in coded if name not in unlike), baseline]
    if evidence.finalists and racers == [baseline]:
        raise _without_any_code(without_code | unlike)
    standing = racing.stand(judged, [name for name in racers if name in judged])
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
    seen = next((one for one in explained(evidence.record)[0] if one.case.id == best), None)
    told = evidence.record.jobs.get(LOAD, {})
    part = int(told.get("part", 1))
    small = evidence.basis is not None and is_small(evidence.basis.load)
    answered = _is_answered(choice, ties) and (small or _was_tried(evidence) or _has_none(evidence))
    return Advice(
        choice=choice,
        ties=ties,
        simplest="" if simplest is choice else simplest.backend,
        count=int(facts["count"]),
        serial_s=median(evidence.times[baseline].values()) * _parts(evidence),
        chunksize_range=_chunksize_range(evidence, way, choice, standing),
        serial_below=_serial_below(evidence, way),
        predicted_s=way.predicted.seconds if way else None,
        measured_s=median(evidence.raced[best].values()),
        of_ceiling=_of_ceiling(evidence, best),
        snippet=snippet.program(whole, facts) if answered else None,
        call=snippet.call(whole, facts) if answered else None,
        limit=("size" if small else None) if best == baseline else _limit(evidence, way, seen),
        explained=seen,
        cases=len(evidence.times),
        finished=len(evidence.finalists) + 1,
        part=part,
        left_out=_left_out(evidence) | without_code | unlike,
        lacking=_lacking(evidence, choice),
        doubts=(*_doubts(evidence.record, standing), *_of_lock(evidence.record, (choice, *ties))),
        answered=answered,
        interrupted=evidence.interrupted,
        elapsed_s=float(told.get("elapsed_s", 0.0)),
        record=path,
    )


def _without_any_code(reasons: Mapping[str, Reason]) -> NothingMeasured:
    found = "; ".join(f"{name} ({reason['text']})" for name, reason in reasons.items())
    return NothingMeasured(f"nothing of what was measured can be pasted: {found}; primebench advise measures what can.")


def of_one_item(field: Field, load: Load, elapsed_s: float) -> Advice:
    """Return what is advised where there is a single item: the plain loop, of which a sample is all there is."""
    loop = Option(field.case(BASELINE, 1, 1), None, 1.0, 1.0, 1.0)
    return Advice(
        choice=loop,
        ties=(),
        simplest="",
        count=1,
        serial_s=load.serial_s,
        chunksize_range=None,
        serial_below=None,
        predicted_s=None,
        measured_s=load.serial_s,
        of_ceiling=None,
        snippet=None,
        call=None,
        limit="size",
        cases=1,
        finished=1,
        elapsed_s=elapsed_s,
    )


def _apart(choice: Option, others: Iterable[Option]) -> tuple[Option, ...]:
    """Return the others without those that become the same for the whole job, of which a part was measured."""
    found = {_code(choice): choice}
    for option in others:
        found.setdefault(_code(option), option)
    return tuple(found.values())[1:]


def _code(option: Option) -> tuple[str, int, int | None, str]:
    return option.backend, option.workers, option.chunksize, option.start


def _parts(evidence: Evidence) -> float:
    """Return how many times as much the whole job is as the part that was measured, which leaves no rest."""
    basis, work = evidence.basis, evidence.record.plan.work.get(evidence.baseline.id)
    return basis.whole.count / work.size if basis and work else 1.0


def _was_tried(evidence: Evidence) -> bool:
    """Return whether any way to distribute the job was measured, or found not to work."""
    record, references = evidence.record, FAMILY.references.values()
    return any(
        case.member not in references
        for case in record.plan.cases
        if case.id in record.results or case.id in record.failures
    )


def _has_none(evidence: Evidence) -> bool:
    """Return whether no way to distribute the job can be advised, however much time there is."""
    return evidence.basis is not None and not (evidence.basis.prices or evidence.hurried or evidence.interrupted)


def _is_answered(choice: Option, ties: Sequence[Option]) -> bool:
    """Return whether the rounds tell the plain loop from what is distributed, which is the least one wants to know."""
    if choice.backend == BASELINE:
        return all(option.high is not None and option.high < _WORTH for option in ties)
    return choice.low is not None and choice.low > 1


def _option(evidence: Evidence, name: str) -> Option:
    judged, baseline = evidence.judged, evidence.baseline.id
    case = _case(evidence, name)
    if name == baseline:
        return Option(case, None, 1.0, 1.0, 1.0)
    gap = racing.gap(judged, baseline, name)
    if gap is None or gap.high == inf:
        middle = gap.ratio if gap else median(evidence.times[baseline].values()) / median(judged[name].values())
        return Option(case, _chunksize(evidence, case), middle, None, None)
    return Option(case, _chunksize(evidence, case), gap.ratio, gap.low, gap.high)


def _of_ceiling(evidence: Evidence, name: str) -> float | None:
    """Return the share of what the machine can give; None where that was measured for fewer workers, or not at all."""
    limit = evidence.record.results.get(evidence.record.plan.reference(name, Role.LIMIT) or "")
    if limit is None or name == evidence.baseline.id:
        return None
    waits = evidence.basis is None or evidence.basis.load.cpu < ways.WAITS
    if waits and int(_case(evidence, name)["workers"]) > int(limit.case["workers"]):  # others work while some wait
        return None
    return median(times_of(limit.processes).values()) / median(evidence.judged[name].values())


def _limit(evidence: Evidence, way: Way | None, seen: Explained | None) -> str | None:
    """Return what holds it back: as observed, or, where a part was observed or nothing, by the model."""
    if way and evidence.basis and evidence.basis.part > 1:
        return evidence.basis.whole_of(way).limit
    if seen is None:
        return way.predicted.limit if way else None
    return seen.worst.part if seen.worst.matters else "cpus"


def _chunksize(evidence: Evidence, case: Case) -> int | None:
    """Return the chunk size for the whole job, of which a part may have been measured.

    On the whole a chunk of the same size costs as many messages per item, and the wait for the last worker weighs less:
    what won on a part is never too large there, and with as many messages as on the part it is never too small.
    """
    basis, way = evidence.basis, evidence.ways.get(case.id)
    if basis is None or way is None or basis.part == 1:
        work = evidence.record.plan.work.get(case.id)
        return per_message(case["chunksize"], work.size if work else 0, int(case["workers"]))
    best = cost_model.best_chunk(basis.whole, way.price, basis.host, way.workers)[0]
    if case["chunksize"] == NONE:
        return best
    return min(max(best, way.chunksize), way.chunksize * basis.part)


def _case_of(evidence: Evidence, option: Option) -> Case:
    """Return the case of the whole job that an option is: as it was measured, save for what only a part was given."""
    field, measured = evidence.field, option.case
    own = {name: measured[name] for name in field.kind.of_messages if measured[name] != NONE}
    field = replace(field, start=option.start, params={**field.params, **own})
    return field.case(option.backend, option.workers, option.chunksize or measured["chunksize"])


def _chunksize_range(
    evidence: Evidence, way: Way | None, choice: Option, standing: racing.Standing
) -> tuple[int, int] | None:
    """Return the chunk sizes that are good by the model or by the race, without those that the race shows as slower."""
    basis = evidence.basis
    if basis is None or way is None or choice.chunksize is None:
        return None
    low, high = cost_model.chunk_range(basis.whole, way.price, basis.host, way.workers, choice.chunksize)
    gaps = {
        name: racing.gap(evidence.times, name, way.case.id)  # the first look included, after which many have no more
        for name, other in evidence.ways.items()
        if (other.case.member, other.workers) == (way.case.member, way.workers)
    }
    good = [evidence.ways[name].chunksize for name in gaps if name in standing.ties]
    slower = [
        evidence.ways[name].chunksize for name, gap in gaps.items() if gap is not None and gap.low > 1 + cost_model.LOSS
    ]
    # Larger chunks than on a part may well be good on the whole, where the wait for the last worker weighs less.
    return (
        max([min([low, *good]), *(size + 1 for size in slower if size < way.chunksize)]),
        min([max([high, *good]), *(size * basis.part - 1 for size in slower if size > way.chunksize)]),
    )


def _serial_below(evidence: Evidence, way: Way | None) -> int | None:
    """Return with how many items the plain loop is faster than the way with any number of workers: few have fewer."""
    basis = evidence.basis
    if basis is None or way is None:
        return None
    counts = {way.workers, *ways.worker_counts(basis.whole, basis.host.cpus, threads=way.price.threads)}
    found = [cost_model.serial_below(basis.whole, way.price, basis.host, workers) for workers in sorted(counts)]
    return min((below for below in found if below is not None), default=None)


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
        return _more_workers(evidence, choice)
    job = "".join(
        f" --{axis.name.replace('_', '-')} {shlex.quote(str(evidence.field.params[axis.name]))}"
        for axis in evidence.field.kind.axes
        if evidence.field.params[axis.name] != axis.default()
    )
    start = evidence.field.start if choice.start == NONE else choice.start
    code = "forkserver" if start == PRELOAD else start  # what a fork server preloads is no affair of code to paste
    found = [
        "What items and messages cost is not in this record, so that nothing is said of other chunk sizes and of fewer "
        f"items; it is measured by: primebench advise{job}{conditions(evidence.record, code)}"
    ]
    same = [case for case in evidence.record.plan.cases if case.member == choice.backend and case["phase"] in WHOLE]
    sizes = {case["chunksize"] for case in same if case["workers"] == choice.workers}
    if choice.backend != BASELINE and len(sizes) == 1:
        found.append(
            f"Of {choice.backend} one chunk size was measured; others are by: primebench run{job} "
            f"--backend {choice.backend} --workers {choice.workers} --chunksize 1,10,100,1000"
            + conditions(evidence.record, start)
        )
    visits = min(len(evidence.times[name]) for name in (evidence.baseline.id, choice.case.id))
    if visits < _FEW:
        found.append(f"{visits} visits are few to compare by; more are made with --rounds 7 or --effort normal.")
    return tuple(found)


def _more_workers(evidence: Evidence, choice: Option) -> tuple[str, ...]:
    """Return how more workers are measured, where a part of a job that waits has fewer items than they would need."""
    basis, way = evidence.basis, evidence.ways.get(choice.case.id)
    if basis is None or way is None:
        return ()
    counts = [
        ways.worker_counts(load, basis.host.cpus, threads=way.price.threads)[-1] for load in (basis.load, basis.whole)
    ]
    if choice.workers < counts[0] or counts[0] >= counts[1]:
        return ()
    budget_s = budget_for(basis.whole, basis.host.cpus, counts[1])
    enough = f" --budget {budget_s} is enough for up to {counts[1]}." if budget_s else ""
    return (
        f"More than {choice.workers} workers were not measured: there are {basis.load.count} items in the part that "
        f"was.{enough}",
    )


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


def _unlike(case: Case) -> str | None:
    """Return what of a case no code to paste does."""
    for name, option in (("pin", "pinned workers"), ("tasks_per_child", "workers that are replaced")):
        if dict(case.params).get(name, NONE) not in (NONE, "no"):
            return f"measured with {option} (--{name.replace('_', '-')}), which no code to paste has"
    return None


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


def _of_lock(record: Record, options: Iterable[Option]) -> tuple[Reason, ...]:
    """Return which module had threads take turns that need not, in a build without the interpreter lock."""
    found = {lock_switched_on(one.case, record.results[one.case.id].processes) for one in options} - {""}
    return tuple(
        said(f"{module} switched the interpreter lock on again, which threads share") for module in sorted(found)
    )


def _doubts(record: Record, standing: racing.Standing) -> tuple[Reason, ...]:
    processes = [one for result in record.results.values() for one in result.processes]
    noisy = Reason.of(Kind.NOISY, percent=100 * standing.noise)
    spread = [noisy] if _NOISY < standing.noise < inf else []
    return (*disturbed(processes, record.machine.logical_cpus), *spread)
