"""Measure sides in pairs: rehearsal, pilot, the planned pairs, at most one confirmation; each visit is saved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from bench.analysis import gate, paired
from bench.analysis.design import pairs_to_reach
from bench.analysis.paired import FIRST, PILOT, Rule
from bench.app.events import Note, Stage, Visited, Warned
from bench.core import families, jobs
from bench.core.case import Case
from bench.core.errors import UsageError
from bench.core.plan import Plan, work_of
from bench.core.record import Failure
from bench.core.side import BASE, CONTROLS, HEAD
from bench.core.units import format_seconds
from bench.engine import interleaved, launch
from bench.engine.pairs import Cell, build_of, loops_of, order, rehearse, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bench.analysis.gate import Verdict
    from bench.analysis.paired import Batch
    from bench.app.events import Work
    from bench.app.ledger import Ledger
    from bench.core.job import Work as Amount
    from bench.core.plan import Effort
    from bench.core.side import Side


@dataclass(frozen=True, slots=True)
class Terms:
    """What is declared before a paired run.

    Attributes:
        cells: what is judged, each with the sides that measure it.
        control: what the same installation measures in both places, or None.
        effort: values, warm-ups, least time and deadline of a visit, and the seed.
        affinity: the CPUs to use.
        rule: alpha, margin and threshold.
        pairs: pairs per batch; None lets a pilot decide.
        budget_s: what the pilot may plan for, confirmation included.
    """

    cells: tuple[Cell, ...]
    control: Case | None
    effort: Effort
    affinity: tuple[int, ...]
    rule: Rule
    pairs: int | None
    budget_s: float

    @property
    def everything(self) -> tuple[Cell, ...]:
        """The cells and the control."""
        return self.cells if self.control is None else (*self.cells, Cell(self.control, CONTROLS))


def plan_of(terms: Terms) -> Plan:
    """Return the plan of a paired run: every case once for each of its sides."""
    cases = tuple(cell.case for cell in terms.everything)
    effort = replace(terms.effort, pairs=terms.pairs or PILOT)
    measured_by = {cell.case.id: cell.sides for cell in terms.everything}
    roles = {case.id: families.load(case.family).role_of(case.member) for case in cases}
    references = {key: {role: key} for key, role in roles.items() if role}
    work = {case.id: amount for case in cases if (amount := _work(case))}
    return Plan(cases, (), effort, terms.affinity, references, work=work, measured_by=measured_by)


def _work(case: Case) -> Amount | None:
    """Return how much a case has to do; None where that is not known before it is prepared."""
    family, kind = families.load(case.family), jobs.of(dict(case.params))
    return work_of(family, case, kind) if kind else None


def check_design(terms: Terms) -> None:
    """Refuse a number of pairs that cannot reach alpha, before anything is measured.

    Raises:
        UsageError: even if head were slower in every pair, the p-value would not be below alpha.
    """
    needed = pairs_to_reach(terms.rule.alpha / len(terms.cells))
    if terms.pairs is not None and terms.pairs < needed:
        raise UsageError(_hopeless(f"--pairs {terms.pairs}", needed, terms))


def _hopeless(what: str, needed: int, terms: Terms) -> str:
    return (
        f"{what} can never be significant: alpha {terms.rule.alpha:g} over {len(terms.cells)} "
        f"case{'s' if len(terms.cells) != 1 else ''} needs at least {needed} pairs; "
        "measure more, gate fewer cases, or raise --alpha."
    )


class Session:
    """A paired run in progress: who measures what, and how often a body is looped."""

    def __init__(
        self, ledger: Ledger, terms: Terms, everybody: Mapping[str, Side], again: Callable[[Side], Side] | None = None
    ) -> None:
        """Prepare; nothing is measured yet. With `again`, which builds a side once more, pairs alternate."""
        self.ledger, self.terms, self.again = ledger, terms, again
        self.builds = {0: everybody}
        self.loops: dict[str, int | None] = {}

    @property
    def standing(self) -> tuple[Cell, ...]:
        """What has not failed so far."""
        failed = paired.failed_cells(self.ledger.record)
        return tuple(cell for cell in self.terms.everything if cell.case.id not in failed)

    @property
    def gated(self) -> tuple[Cell, ...]:
        """What can still be judged."""
        return tuple(cell for cell in self.standing if cell.case != self.terms.control)

    def rehearse(self) -> Work[None]:
        """Let every side measure every case once, to find failures and loops; a case that fails is out."""
        done = []
        terms, cells = self.terms, self.standing if self.gated else ()  # some may have failed when they were prepared
        yield Stage("rehearsal", sum(len(cell.sides) for cell in cells))
        for outcome in rehearse(cells, self.builds[0], launch.launch, terms.effort, terms.affinity):
            done.append(outcome)
            if isinstance(outcome, Failure):
                self.ledger.add(outcome)
            yield Visited(outcome, first=False)
            yield from self.ledger.warnings()
        self.loops = loops_of(done)

    def measure(self, batch: int, pairs: range, cells: Iterable[Cell] | None = None) -> Work[None]:
        """Measure these pairs of a batch."""
        terms = self.terms
        slots = order(tuple(cells) if cells is not None else self.standing, batch, pairs, terms.effort.seed)
        yield Stage("confirmation" if batch == 1 else "pairs", len(slots))
        for number, stretch in groupby(slots, lambda slot: build_of(slot.batch, slot.pair)):
            standing = {cell.case for cell in self.standing}
            left = [slot for slot in stretch if slot.case in standing]
            sides = self._build(number)
            for _, outcome in run(left, sides, interleaved.measure, terms.effort, terms.affinity, self.loops):
                self.ledger.add(outcome)
                yield Visited(outcome, first=isinstance(outcome, Failure))
                yield from self.ledger.warnings()

    def _build(self, number: int) -> Mapping[str, Side]:
        """Return the sides of this build; each is built when it is needed first."""
        if self.again is None:
            return self.builds[0]
        if number not in self.builds:
            self.builds[number] = {name: self.again(side) for name, side in self.builds[0].items()}
        return self.builds[number]


def hold(session: Session, clock: Callable[[], float] = time.monotonic) -> Work[str | None]:
    """Hold the paired run: rehearse, settle the number of pairs, measure them, and confirm a red verdict once.

    Whatever was finished is on disk when KeyboardInterrupt passes through.

    Returns:
        Why nothing can be decided, if the time has turned out too short to reach alpha.
    """
    yield from session.rehearse()
    if not session.gated:
        return None
    pairs, start = session.terms.pairs or PILOT, clock()
    yield from session.measure(0, range(pairs))
    most = pairs
    if session.terms.pairs is None and session.gated:
        each_s = max((clock() - start) / PILOT, 1e-9)
        most = int(session.terms.budget_s / 2 / each_s)  # half of the time is kept to confirm
        needed = pairs_to_reach(session.terms.rule.alpha / len(session.gated))
        if most < needed:
            return _too_short(session.terms, each_s * needed * 2, f"a pair takes {format_seconds(each_s)}")
        pairs = yield from _planned(session, min(most, max(FIRST, needed)))
    if not session.gated:
        return None
    found, pairs = yield from _settled(session, 0, pairs, most, {cell.case.id for cell in session.gated})
    red = paired.red_cells(found)
    if red:
        yield from _confirm(session, red, pairs, most)
    return None


def _planned(session: Session, most: int) -> Work[int]:
    """Measure what the pilot asks for, and return how many pairs the batch then has."""
    seen = paired.batch(session.ledger.record, 0)
    pairs = paired.plan_pairs(seen, session.terms.rule, len(session.gated), most).pairs
    session.ledger.plan_pairs(pairs)
    yield from session.measure(0, range(PILOT, pairs))
    return pairs


def _settled(session: Session, batch: int, pairs: int, most: int, names: set[str]) -> Work[tuple[Verdict, int]]:
    """Return the verdict on a batch and its pairs, after one further plan by how they spread if it decides nothing.

    A confirmation also decides nothing when it contradicts. Looking twice makes alarms no more frequent than alpha: an
    alarm is one only if both batches say so, each with a chance of at most twice alpha.
    """
    found = _verdict(session, batch, names)
    decided = found.verdict == "regressed" or (found.verdict == "ok" and batch == 0)
    if decided or found.void or pairs >= most:
        return found, pairs
    wanted = paired.replan(_batch(session, batch, names), session.terms.rule, len(names), most)
    yield Note(f"Not decided by {pairs} pairs; as they spread, {wanted} may decide.")
    session.ledger.plan_pairs(max(wanted, (session.ledger.record.plan.effort.pairs or 0)))
    yield from session.measure(batch, range(pairs, wanted), _with_control(session, names))
    return _verdict(session, batch, names), wanted


def _confirm(session: Session, red: set[str], pairs: int, most: int) -> Work[None]:
    """Measure the red cells and the control anew."""
    yield Note(f"Slower in {len(red)} of {len(session.gated)} cases; an independent second batch has to confirm it.")
    yield from session.measure(1, range(pairs), _with_control(session, red))
    yield from _settled(session, 1, pairs, most, red)


def _with_control(session: Session, names: set[str]) -> tuple[Cell, ...]:
    return tuple(cell for cell in session.standing if cell.case.id in names or cell.case == session.terms.control)


def _batch(session: Session, number: int, names: set[str]) -> Batch:
    return paired.only(paired.batch(session.ledger.record, number), names)


def _verdict(session: Session, number: int, names: set[str]) -> Verdict:
    one = _batch(session, number, names)
    return paired.judge_one(one, session.terms.rule) if one.cells else gate.undecided("nothing was measured")


def too_short(terms: Terms) -> str | None:
    """Say, before anything is measured, that the budget is shorter than the values that alpha needs at least take."""
    values = terms.effort.values + terms.effort.warmups
    each_s = sum(len(cell.sides) for cell in terms.everything) * values * terms.effort.min_time_s
    least_s = each_s * 2 * pairs_to_reach(terms.rule.alpha / len(terms.cells))
    if terms.pairs is not None or least_s <= terms.budget_s:
        return None
    return _too_short(terms, least_s, f"a pair takes {format_seconds(each_s)} at least")


def _too_short(terms: Terms, needed_s: float, why: str) -> str:
    needed = pairs_to_reach(terms.rule.alpha / len(terms.cells))
    return (
        f"--budget {terms.budget_s:g} is too short: alpha {terms.rule.alpha:g} over {len(terms.cells)} "
        f"case{'s' if len(terms.cells) != 1 else ''} needs {needed} pairs and as many to confirm, and {why}; "
        f"--budget {ceil(needed_s)} would do, or fewer --values or cases."
    )


def planned(session: Session, cap: int, base: str = BASE, head: str = HEAD) -> Work[int]:
    """Return how many pairs the pilot asks for, at most ``cap`` and never fewer than it has; warn if it is fewer."""
    terms = session.terms
    design = paired.plan_pairs(
        paired.batch(session.ledger.record, 0, base, head), terms.rule, len(session.gated), max(cap, PILOT)
    )
    if design.pairs < design.wanted:
        yield Warned(
            f"the pilot's spread of {design.sd:.1%} asks for {design.wanted} pairs, --budget {terms.budget_s:g} has "
            f"time for {design.pairs}: {terms.rule.threshold:.0%} will be found with {design.power:.0%} chance only."
        )
    return design.pairs
