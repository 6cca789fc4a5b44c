"""Measure sides in pairs: calibration, pilot, the planned pairs, at most one confirmation; each visit is saved."""

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
from bench.app.measure import as_known
from bench.core import families, jobs
from bench.core.case import Case
from bench.core.errors import UsageError
from bench.core.plan import MOST_PAIRS, Plan, work_of
from bench.core.reason import Kind, Reason
from bench.core.record import Failure
from bench.core.side import BASE, CONTROLS, HEAD
from bench.engine import interleaved, launch
from bench.engine.pairs import Cell, build_of, calibrate, loops_of, order
from bench.engine.pairs import run as carry_out
from bench.samples.pairs import batch_of, failed_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bench.analysis.gate import Verdict
    from bench.analysis.paired import Batch
    from bench.app.events import Work
    from bench.app.ledger import Ledger
    from bench.core.job import Work as Amount
    from bench.core.plan import Effort
    from bench.core.side import Side


_START_S = 0.25  # of a visit, beside its values: an interpreter, and the audit; seen on two busy CPUs: 0.15 to 0.3 s


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


class PairedRun:
    """A paired run in progress: who measures what, and how often a body is looped."""

    def __init__(
        self, ledger: Ledger, terms: Terms, everybody: Mapping[str, Side], again: Callable[[Side], Side] | None = None
    ) -> None:
        """Prepare; nothing is measured yet. With `again`, which builds a side once more, pairs alternate."""
        self.ledger, self.terms, self.again = ledger, terms, again
        self.builds = {0: as_known(ledger.record, everybody)}
        self.loops: dict[str, int | None] = {}
        self.slot_s = 0.0  # about what a visit of one side of a pair takes

    @property
    def standing(self) -> tuple[Cell, ...]:
        """What has not failed so far."""
        failed = failed_cells(self.ledger.record)
        return tuple(cell for cell in self.terms.everything if cell.case.id not in failed)

    @property
    def gated(self) -> tuple[Cell, ...]:
        """What can still be judged."""
        return tuple(cell for cell in self.standing if cell.case != self.terms.control)

    def calibrate(self) -> Work[None]:
        """Let every side measure every case once, to find failures and loops; a case that fails is out."""
        done = []
        terms, cells = self.terms, self.standing if self.gated else ()  # some may have failed when they were prepared
        visits = sum(len(cell.sides) for cell in cells)
        begun = time.monotonic()
        yield self._stage("calibration", visits, cells, _START_S + 2 * terms.effort.min_time_s)
        for outcome in calibrate(cells, self.builds[0], launch.launch, terms.effort, terms.affinity):
            done.append(outcome)
            if isinstance(outcome, Failure):
                self.ledger.add(outcome)
            yield Visited(outcome, first=False)
            yield from self.ledger.warnings()
        self.loops = loops_of(done)
        took_s = (time.monotonic() - begun) / max(visits, 1)  # an interpreter and a value, or some more
        self.slot_s = took_s + terms.effort.values * terms.effort.min_time_s

    def _stage(self, name: str, visits: int, cells: Iterable[Cell], each_s: float) -> Stage:
        return Stage(name, visits, visits * each_s, tuple(cell.case for cell in cells), announced=True)

    def measure(self, batch: int, pairs: range, cells: Iterable[Cell] | None = None) -> Work[None]:
        """Measure these pairs of a batch."""
        terms = self.terms
        cells = tuple(cells) if cells is not None else self.standing
        slots = order(cells, batch, pairs, terms.effort.seed)
        name = "confirmation" if batch == 1 else "pilot" if pairs.start == 0 and terms.pairs is None else "pairs"
        begun = time.monotonic()
        yield self._stage(name, len(slots), cells, self.slot_s)
        for number, stretch in groupby(slots, lambda slot: build_of(slot.batch, slot.pair)):
            standing = {cell.case for cell in self.standing}
            left = [slot for slot in stretch if slot.case in standing]
            sides = self._build(number)
            for _, outcome in carry_out(left, sides, interleaved.measure, terms.effort, terms.affinity, self.loops):
                self.ledger.add(outcome)
                yield Visited(outcome, first=isinstance(outcome, Failure))
                yield from self.ledger.warnings()
        if slots:
            self.slot_s = (time.monotonic() - begun) / len(slots)

    def _build(self, number: int) -> Mapping[str, Side]:
        """Return the sides of this build; each is built when it is needed first."""
        if self.again is None:
            return self.builds[0]
        if number not in self.builds:
            self.builds[number] = {name: self.again(side) for name, side in self.builds[0].items()}
        return self.builds[number]


def hold(run: PairedRun, clock: Callable[[], float] = time.monotonic) -> Work[Reason | None]:
    """Hold the paired run: calibrate, settle the number of pairs, measure them, and confirm a red verdict once.

    Whatever was finished is on disk when KeyboardInterrupt passes through.

    Returns:
        Why nothing can be decided, if the time has turned out too short to reach alpha.
    """
    yield from run.calibrate()
    if not run.gated:
        return None
    pairs, start = run.terms.pairs or PILOT, clock()
    yield from run.measure(0, range(pairs))
    most = pairs
    if run.terms.pairs is None and run.gated:
        each_s = max((clock() - start) / PILOT, 1e-9)
        most = min(int(run.terms.budget_s / 2 / each_s), MOST_PAIRS)  # half of the time is kept to confirm
        needed = pairs_to_reach(run.terms.rule.alpha / len(run.gated))
        if most < needed:
            return _too_short(run.terms, each_s * needed * 2, each_s)
        pairs = yield from _planned(run, min(most, max(FIRST, needed)))
    if not run.gated:
        return None
    found, pairs = yield from _settled(run, 0, pairs, most, {cell.case.id for cell in run.gated})
    red = paired.red_cells(found)
    if red:
        yield from _confirm(run, red, pairs, most)
    return None


def _planned(run: PairedRun, most: int) -> Work[int]:
    """Measure what the pilot asks for, and return how many pairs the batch then has."""
    seen = batch_of(run.ledger.record, 0)
    pairs = paired.plan_pairs(seen, run.terms.rule, len(run.gated), most).pairs
    run.ledger.plan_pairs(pairs)
    yield from run.measure(0, range(PILOT, pairs))
    return pairs


def _settled(run: PairedRun, batch: int, pairs: int, most: int, names: set[str]) -> Work[tuple[Verdict, int]]:
    """Return the verdict on a batch and its pairs, after one further plan by how they spread if it decides nothing.

    A confirmation also decides nothing when it contradicts. Looking twice makes alarms no more frequent than alpha: an
    alarm is one only if both batches say so, each with a chance of at most twice alpha.
    """
    found = _verdict(run, batch, names)
    decided = found.verdict == "regressed" or (found.verdict == "ok" and batch == 0)
    if decided or found.void or pairs >= most:
        return found, pairs
    wanted = paired.replan(_batch(run, batch, names), run.terms.rule, len(names), most)
    yield Note(f"Not decided by {pairs} pairs; as they spread, {wanted} may decide.")
    run.ledger.plan_pairs(max(wanted, (run.ledger.record.plan.effort.pairs or 0)))
    yield from run.measure(batch, range(pairs, wanted), _with_control(run, names))
    return _verdict(run, batch, names), wanted


def _confirm(run: PairedRun, red: set[str], pairs: int, most: int) -> Work[None]:
    """Measure the red cells and the control anew."""
    yield Note(f"Slower in {len(red)} of {len(run.gated)} cases; an independent second batch has to confirm it.")
    yield from run.measure(1, range(pairs), _with_control(run, red))
    yield from _settled(run, 1, pairs, most, red)


def _with_control(run: PairedRun, names: set[str]) -> tuple[Cell, ...]:
    return tuple(cell for cell in run.standing if cell.case.id in names or cell.case == run.terms.control)


def _batch(run: PairedRun, number: int, names: set[str]) -> Batch:
    return paired.only(batch_of(run.ledger.record, number), names)


def _verdict(run: PairedRun, number: int, names: set[str]) -> Verdict:
    one = _batch(run, number, names)
    return paired.judge_one(one, run.terms.rule) if one.cells else gate.undecided(Reason(Kind.NOTHING_MEASURED))


def too_short(terms: Terms) -> Reason | None:
    """Say, before anything is measured, that the budget is shorter than the values that alpha needs at least take."""
    values = terms.effort.values + terms.effort.warmups
    each_s = sum(len(cell.sides) for cell in terms.everything) * values * terms.effort.min_time_s
    least_s = each_s * 2 * pairs_to_reach(terms.rule.alpha / len(terms.cells))
    if terms.pairs is not None or least_s <= terms.budget_s:
        return None
    return _too_short(terms, least_s, each_s, at_least=True)


def _too_short(terms: Terms, needed_s: float, pair_s: float, *, at_least: bool = False) -> Reason:
    return Reason.of(
        Kind.TOO_SHORT,
        budget_s=terms.budget_s,
        alpha=terms.rule.alpha,
        cases=len(terms.cells),
        pairs=pairs_to_reach(terms.rule.alpha / len(terms.cells)),
        pair_s=pair_s,
        at_least=at_least,
        enough_s=ceil(needed_s),
    )


def planned(run: PairedRun, cap: int, base: str = BASE, head: str = HEAD) -> Work[int]:
    """Return how many pairs the pilot asks for, at most ``cap`` and never fewer than it has; warn if it is fewer."""
    terms, cap = run.terms, min(max(cap, PILOT), MOST_PAIRS)
    design = paired.plan_pairs(batch_of(run.ledger.record, 0, base, head), terms.rule, len(run.gated), cap)
    if design.pairs < design.wanted:
        yield Warned(
            f"the pilot's spread of {design.sd:.1%} asks for {design.wanted} pairs, --budget {terms.budget_s:g} has "
            f"time for {design.pairs}: {terms.rule.threshold:.0%} will be found with {design.power:.0%} chance only."
        )
    return design.pairs
