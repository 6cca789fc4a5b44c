"""Holding a duel: rehearsal, pilot, the planned pairs and at most one confirmation, saved after every visit."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING

from bench.analysis import duelling, gate
from bench.analysis.design import pairs_to_reach
from bench.analysis.duelling import FIRST, PILOT, Rule
from bench.cli import output, voice
from bench.core.case import Case
from bench.core.errors import UsageError
from bench.core.plan import Plan
from bench.core.record import Failure
from bench.core.side import AGAIN, BASE, CONTROL, HEAD
from bench.core.signals import held_back
from bench.core.units import format_seconds
from bench.engine import duel, sides
from bench.engine.duel import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from bench.analysis.duelling import Batch
    from bench.analysis.gate import Verdict
    from bench.core.plan import Effort
    from bench.core.record import Record, Result
    from bench.core.side import Side
    from bench.engine.duel import Meet, Visit


@dataclass(frozen=True, slots=True)
class Terms:
    """What is declared before a duel.

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
        return self.cells if self.control is None else (*self.cells, Cell(self.control, (CONTROL, AGAIN)))


def plan_of(terms: Terms) -> Plan:
    """Return the plan of a duel: every case once for each of its sides."""
    cases = tuple(cell.case for cell in terms.everything)
    effort = replace(terms.effort, pairs=terms.pairs or PILOT)
    measured_by = {cell.case.id: cell.sides for cell in terms.everything}
    return Plan(cases, (), effort, terms.affinity, {}, measured_by=measured_by)


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


class Ledger:
    """A record that is on disk: after every visit, or, where there are thousands, after every stretch of them."""

    def __init__(self, record: Record, path: Path, *, anonymous: bool = False, patient: bool = False) -> None:
        """Begin with a record, and save it; a patient ledger leaves it to others to call `save`."""
        self.record, self.path, self.anonymous, self.patient = record, path, anonymous, patient
        self.save()

    def save(self) -> None:
        """Write the record."""
        with held_back():
            self.path = output.save(self.record, self.path, anonymous=self.anonymous)

    def add(self, outcome: Result | Failure) -> None:
        """Add an outcome."""
        self.record = self.record.with_outcome(outcome)
        if not self.patient:
            self.save()

    def plan_pairs(self, pairs: int) -> None:
        """Write down how many pairs a batch has."""
        plan = self.record.plan
        self.record = replace(self.record, plan=replace(plan, effort=replace(plan.effort, pairs=pairs)))
        self.save()


class Duel:
    """A duel that is being held: who measures what, and how often a body is looped."""

    def __init__(
        self, ledger: Ledger, terms: Terms, everybody: Mapping[str, Side], again: Callable[[Side], Side] | None = None
    ) -> None:
        """Prepare; nothing is measured yet. With `again`, which builds a side once more, pairs alternate."""
        self.ledger, self.terms, self.everybody, self.again = ledger, terms, everybody, again
        self.launches = {name: sides.launcher(side) for name, side in everybody.items()}
        self.meets = {0: sides.in_turns(everybody)}
        self.loops: dict[str, int | None] = {}

    @property
    def standing(self) -> tuple[Cell, ...]:
        """What has not failed so far."""
        failed = duelling.failed_cells(self.ledger.record)
        return tuple(cell for cell in self.terms.everything if cell.case.id not in failed)

    @property
    def gated(self) -> tuple[Cell, ...]:
        """What can still be judged."""
        return tuple(cell for cell in self.standing if cell.case != self.terms.control)

    def rehearse(self) -> None:
        """Let every side measure every case once, to find failures and loops; a case that fails is out."""
        done = []
        with voice.Progress(sum(len(cell.sides) for cell in self.terms.everything)) as progress:
            for visit, outcome in duel.rehearse(
                self.terms.everything, self.launches, self.terms.effort, self.terms.affinity
            ):
                done.append((visit, outcome))
                if isinstance(outcome, Failure):
                    self.ledger.add(outcome)
                _tell(progress, visit, outcome, first=False)
        self.loops = duel.loops_of(done)

    def measure(self, batch: int, pairs: range, cells: Iterable[Cell] | None = None) -> None:
        """Measure these pairs of a batch."""
        chosen = tuple(cells) if cells is not None else self.standing
        visits = duel.order(chosen, batch, pairs, self.terms.effort.seed)
        try:
            with voice.Progress(len(visits)) as progress:
                for build, stretch in groupby(visits, lambda visit: duel.build_of(visit.batch, visit.pair)):
                    standing = {cell.case for cell in self.standing}
                    left = [visit for visit in stretch if visit.case in standing]
                    meet = self._meet(build)
                    for visit, outcome in duel.run(left, meet, self.terms.effort, self.terms.affinity, self.loops):
                        self.ledger.add(outcome)
                        _tell(progress, visit, outcome, first=isinstance(outcome, Failure))
        finally:
            self.ledger.save()

    def _meet(self, build: int) -> Meet:
        """Return how the sides of this build meet; each is built when it is needed first."""
        if self.again is None:
            return self.meets[0]
        if build not in self.meets:
            self.meets[build] = sides.in_turns({name: self.again(side) for name, side in self.everybody.items()})
        return self.meets[build]


def _tell(progress: voice.Progress, visit: Visit, outcome: Result | Failure, *, first: bool) -> None:
    if isinstance(outcome, Failure):
        said = f"{outcome.kind} ({outcome.message})"
    else:
        said = format_seconds(min(outcome.samples[-1]))
    progress.finish(f"{visit.side} {visit.case.member}", said, first=first)


def hold(held: Duel, clock: Callable[[], float] = time.monotonic) -> str | None:
    """Hold the duel: rehearse, settle the number of pairs, measure them, and confirm a red verdict once.

    Whatever was finished is on disk when KeyboardInterrupt passes through.

    Returns:
        Why nothing can be decided, if the time has turned out too short to reach alpha.
    """
    held.rehearse()
    if not held.gated:
        return None
    pairs, start = held.terms.pairs or PILOT, clock()
    held.measure(0, range(pairs))
    most = pairs
    if held.terms.pairs is None and held.gated:
        each_s = max((clock() - start) / PILOT, 1e-9)
        most = int(held.terms.budget_s / 2 / each_s)  # half of the time is kept to confirm
        needed = pairs_to_reach(held.terms.rule.alpha / len(held.gated))
        if most < needed:
            return _too_short(held.terms, each_s * needed * 2, f"a pair takes {format_seconds(each_s)}")
        pairs = _planned(held, min(most, max(FIRST, needed)))
    if not held.gated:
        return None
    found, pairs = _settled(held, 0, pairs, most, {cell.case.id for cell in held.gated})
    red = duelling.red_cells(found)
    if red:
        _confirm(held, red, pairs, most)
    return None


def _planned(held: Duel, most: int) -> int:
    """Measure what the pilot asks for, and return how many pairs the batch then has."""
    seen = duelling.batch(held.ledger.record, 0)
    pairs = duelling.plan_pairs(seen, held.terms.rule, len(held.gated), most).pairs
    held.ledger.plan_pairs(pairs)
    held.measure(0, range(PILOT, pairs))
    return pairs


def _settled(held: Duel, batch: int, pairs: int, most: int, names: set[str]) -> tuple[Verdict, int]:
    """Return the verdict on a batch and its pairs, after one further plan by how they spread if it decides nothing.

    A confirmation also decides nothing when it contradicts. Looking twice makes alarms no more frequent than alpha: an
    alarm is one only if both batches say so, each with a chance of at most twice alpha.
    """
    found = _verdict(held, batch, names)
    decided = found.verdict == "regressed" or (found.verdict == "ok" and batch == 0)
    if decided or found.void or pairs >= most:
        return found, pairs
    wanted = duelling.replan(_batch(held, batch, names), held.terms.rule, len(names), most)
    voice.note(f"Not decided by {pairs} pairs; as they spread, {wanted} may decide.")
    held.ledger.plan_pairs(max(wanted, (held.ledger.record.plan.effort.pairs or 0)))
    held.measure(batch, range(pairs, wanted), _with_control(held, names))
    return _verdict(held, batch, names), wanted


def _confirm(held: Duel, red: set[str], pairs: int, most: int) -> None:
    """Measure the red cells and the control anew."""
    voice.note(f"Slower in {len(red)} of {len(held.gated)} cases; an independent second batch has to confirm it.")
    held.measure(1, range(pairs), _with_control(held, red))
    _settled(held, 1, pairs, most, red)


def _with_control(held: Duel, names: set[str]) -> tuple[Cell, ...]:
    return tuple(cell for cell in held.standing if cell.case.id in names or cell.case == held.terms.control)


def _batch(held: Duel, number: int, names: set[str]) -> Batch:
    return duelling.only(duelling.batch(held.ledger.record, number), names)


def _verdict(held: Duel, number: int, names: set[str]) -> Verdict:
    one = _batch(held, number, names)
    return duelling.judge_one(one, held.terms.rule) if one.cells else gate.undecided("nothing was measured")


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


def planned(held: Duel, cap: int, base: str = BASE, head: str = HEAD) -> int:
    """Return how many pairs the pilot asks for, at most ``cap`` and never fewer than it has; warn if it is fewer."""
    terms = held.terms
    design = duelling.plan_pairs(
        duelling.batch(held.ledger.record, 0, base, head), terms.rule, len(held.gated), max(cap, PILOT)
    )
    if design.pairs < design.wanted:
        voice.warn(
            f"the pilot's spread of {design.sd:.1%} asks for {design.wanted} pairs, --budget {terms.budget_s:g} has "
            f"time for {design.pairs}: {terms.rule.threshold:.0%} will be found with {design.power:.0%} chance only."
        )
    return design.pairs
