"""What a gate is asked for, what a paired run says to it, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis import evidence, gate, paired
from bench.analysis.errors import TooFew
from bench.analysis.paired import Rule
from bench.app.paired import Terms
from bench.core import families, jobs, units
from bench.core.errors import UsageError, reason
from bench.core.plan import MOST_PAIRS, Effort, Plan, draw
from bench.core.reason import Kind, Reason, said
from bench.core.reference import Role
from bench.core.side import AGAIN, BASE, CONTROL, CONTROLS, GATE, HEAD, Side
from bench.core.start import PACKAGES
from bench.engine import git, sides
from bench.engine.pairs import Cell
from bench.samples.finding import FAILED, NOTHING, Finding
from bench.samples.pairs import absent_cells, batch_of, failed_cells

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.core.case import Case
    from bench.core.record import Record

EXIT_CODES = {"ok": 0, NOTHING: 0, FAILED: 1, "regressed": 3, "inconclusive": 4, "not comparable": 5}
NO_CONTROL = "none"


@dataclass(frozen=True, slots=True)
class Preset:
    """How much time a paired run is given: a visit's effort, and the budget for all pairs."""

    effort: Effort
    budget_s: float


# Many short values: sides that take turns every few hundredths of a second meet the same machine. On a noisy machine
# with two CPUs, pairs of searches of 75 ms with two workers spread by 4.9 % with 4 turns, 3.4 % with 8 and 2.3 % with
# 16; even with the start of both visits counted in, 1.2 s, many turns use the time best. More goes into more pairs.
PRESETS = {
    "fast": Preset(Effort(rounds=1, values=6, warmups=1, min_time_s=0.02, timeout_s=30.0), 180),
    "normal": Preset(Effort(rounds=1, values=16, warmups=1, min_time_s=0.02, timeout_s=60.0), 600),
    "rigorous": Preset(Effort(rounds=1, values=16, warmups=1, min_time_s=0.02, timeout_s=120.0), 1800),
}


def rule_of(alpha: float, margin: float, threshold: float) -> Rule:
    """Return the rule; `UsageError` when the margin does not lie below the threshold."""
    if not margin < threshold:
        raise UsageError(f"--margin {margin:g} does not lie below --threshold {threshold:g}; nothing could be ok.")
    return Rule(alpha, margin, threshold)


def pairs_of(text: str) -> int | None:
    """Read ``--pairs``: a number, or None for ``auto``."""
    if text == "auto":
        return None
    try:
        pairs = units.whole_number(text)
    except UsageError:
        pairs = 0
    if not 1 <= pairs <= MOST_PAIRS:
        raise UsageError(f"--pairs {text} is no number of pairs; write auto, or a number from 1 to {MOST_PAIRS}.")
    return pairs


def control_of(named: str | None, cases: tuple[Case, ...]) -> Case | None:
    """Return the control: the serial loop of a job whose code is not under test.

    Args:
        named: that code, a kernel; None for the first of ours that is not judged; ``none`` for no control.
        cases: what is judged.

    Raises:
        UsageError: there is no such code, or the control would be judged itself.
    """
    if named == NO_CONTROL:
        return None
    family = families.distributing()
    job = jobs.load(jobs.DEFAULT)
    baseline = family.references[Role.BASELINE]
    judged = {case.id for case in cases}
    for params in job.controls(named):
        drawn = draw(family, (baseline,), {axis: (value,) for axis, value in params.items()}, job).cases
        found = next((case for case in drawn if case.member == baseline), None)
        if found is not None and found.id not in judged:
            return found
    raise UsageError(f"the control is itself under test; name another kernel with --control, or {NO_CONTROL}.")


def cells_of(cases: tuple[Case, ...], sides: tuple[str, ...] = GATE) -> tuple[Cell, ...]:
    """Return the cells of a paired run between these sides."""
    return tuple(Cell(case, sides) for case in cases)


def finding_of(
    record: Record, terms: Terms, sides: Mapping[str, str], doubts: tuple[str, ...] = (), short: Reason | None = None
) -> Finding:
    """Return what a paired run has found; with too few pairs to reach alpha, when interrupted for example, nothing.

    Args:
        record: all that was measured.
        terms: what was declared before.
        sides: base and head, each described in a line.
        doubts: what is known to weaken the verdict, and has been told.
        short: why the paired run ended before it could decide, if it did.
    """
    first = batch_of(record, 0)
    absent = absent_cells(record)
    failed = {name: why for name, why in failed_cells(record, HEAD).items() if name not in absent}
    lacking = {name: why for name, why in failed_cells(record, BASE).items() if name not in {*failed, *absent}}
    warnings = [Reason.of(Kind.BASE_FAILED, name, why=why) for name, why in lacking.items()]
    warnings += [Reason.of(Kind.NOT_JUDGED, name, why=why) for name, why in absent.items()]
    fallen = failed_cells(record, CONTROL, AGAIN)
    if fallen:
        warnings += [Reason.of(Kind.CONTROL_FAILED, why=why) for why in fallen.values()]
    elif not first.controls and not absent.keys() >= {cell.case.id for cell in terms.cells}:
        warnings.append(Reason(Kind.NO_CONTROL))
    unmeasured = [
        cell.case.id for cell in terms.cells if cell.case.id not in {*first.cells, *failed, *lacking, *absent}
    ]
    try:
        verdict = paired.judge(first, batch_of(record, 1), terms.rule) if first.cells else None
    except TooFew as error:
        verdict = gate.undecided(short or said(reason(error)))
    if unmeasured:
        verdict = gate.lacking(verdict, unmeasured)
    return Finding(
        sides=sides,
        rule=terms.rule,
        verdict=verdict,
        power=paired.power(first, terms.rule),
        cases={cell.case.id: cell.case for cell in terms.cells},
        measured={name: evidence.from_pairs(ratios) for name, ratios in first.cells.items()},
        failed=failed,
        lacking={**lacking, **absent},
        one_sided=frozenset(absent),
        controls={name: evidence.from_pairs(ratios) for name, ratios in first.controls.items()},
        doubts=doubts,
        warnings=tuple(warnings),
    )


def unmeasured(terms: Terms, why: Reason) -> Finding:
    """Return the finding of a paired run that was not begun, because it could not have decided anything."""
    cases = {cell.case.id: cell.case for cell in terms.cells}
    return Finding(sides={}, rule=terms.rule, verdict=gate.undecided(why), cases=cases)


def terms_of(record: Record, rule: Rule) -> Terms:
    """Return the terms of a stored paired run.

    Raises:
        UsageError: the record is of no paired run.
    """
    plan = record.plan
    judged = tuple(Cell(case, GATE) for case in plan.cases if _sides(plan, case) >= set(GATE))
    if not judged:
        raise UsageError("the record is of no gate: it has no sides base and head; for two records use --records.")
    control = next((case for case in plan.cases if _sides(plan, case) >= set(CONTROLS)), None)
    return Terms(judged, control, plan.effort, plan.affinity, rule, plan.effort.pairs, 0)


def _sides(plan: Plan, case: Case) -> set[str]:
    return set(plan.measured_by.get(case.id, ()))


def build(named: Mapping[str, str], scratch: Path) -> dict[str, Side]:
    """Return the sides of primebench that these labels name."""
    return {name: sides.build(label, scratch) for name, label in named.items()}


def doubts(base: Side, head: Side, *, ours: bool = True) -> list[str]:
    """Return what the user should know about two sides before their times are compared; none of it forbids that.

    Args:
        base: what is divided by.
        head: what is judged.
        ours: whether primebench itself is what differs, and not a user's code.
    """
    paths = PACKAGES if ours else ()
    found = [told for side in (base, head) if side.commit and (told := git.uncommitted(side.label, paths))]
    if base.version != head.version:
        found.append(f"base has primebench {base.version} and head {head.version}: a difference may be the harness's.")
    if base.python_version != head.python_version:
        found.append(f"base runs Python {base.python_version} and head {head.python_version}.")
    if base.commit is not None and base.commit == head.commit:
        found.append(f"{base.label} and {head.label} are the same commit; only noise can differ.")
    return found
