"""Measuring, within a budget, what tells which way to do a job, with how many workers and items per message.

The plain loop on a sample and the price of each way make a model, which says what to measure. What the model thinks
most of is measured once, whatever is expected to gain most for its time first; the best few then race in rounds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import ceil, log
from statistics import fmean
from typing import TYPE_CHECKING

from bench.analysis import racing
from bench.analysis.expected_gain import chance, expected_gain
from bench.app import evidence, measure, ways
from bench.app.answer import answer, of_one_item
from bench.app.events import Stage, Visited, Warned
from bench.app.evidence import BASELINE, LIMIT, ROUND
from bench.app.ledger import Ledger
from bench.app.question import Budget
from bench.app.survey import survey
from bench.app.ways import Way
from bench.core.errors import NothingMeasured, UsageError
from bench.core.plan import Drawing, Effort, Plan, work_of
from bench.core.record import Failure, Skip
from bench.core.reference import Role
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import preparation
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from pathlib import Path

    from bench.app.events import Event, Work
    from bench.app.question import Ask, Question
    from bench.app.survey import Survey
    from bench.core.record import Record
    from bench.core.side import Side
    from bench.engine.schedule import Launch
    from bench.samples.advice import Advice

# --- how the budget is spent --------------------------------------------------------------------------------------

_SCREEN = 0.5  # up to which share of it ways are measured for the first time
_LEAST_WAYS = 3  # that are measured even where the model thinks little of them
_LEAST_GAIN = 0.01  # expected gain below which no further way is worth a first visit
_UNKNOWN, _KNOWN = 0.25, 0.05  # how far predictions err (log): of a member not measured yet, and of another one
_NEAR = 1.25  # how many times as long as the fastest a way may have taken that is to race
_SURE = 1.06  # quotient of the ends of the speed-up's interval, below which it is known well enough
_MOST_ROUNDS = 40  # of a race, for bodies so short that the time allows more
_RACERS = 5  # of these that begin the race at most
_MEMBERS, _FAR = 3, 1.7  # so many members race in any case, if their first visit was no more than so much slower
_VISIT_S = 0.3  # that a visit takes beside its bodies, before one was made
_VALUE_S = 0.05  # what a value lasts at least; shorter bodies are repeated
_HUNG, _HUNG_S = 5, 4.0  # as many times what it should take, and so many seconds, are given to a way to answer
_LEAST_S = 2.0  # that preparing and the plain loop may take in any case: less is not even enough to start Python
_OBSERVED = 1  # the round whose visits observe one more body
_OVER = 0.05  # of the budget, that the last visit may take beyond it


def inquire(
    question: Question,
    path: Path,
    launch: Launch,
    ask: Ask,
    *,
    anonymous: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Work[Advice]:
    """Find out which way to do the job, and say it.

    Args:
        question: what is asked.
        path: where the record of what is measured goes.
        launch: makes a visit.
        ask: asks a program for facts, see `bench.engine.asking`.
        anonymous: whether the record leaves out host name, user and paths.
        clock: tells how long it has taken.

    Raises:
        UsageError: the job cannot be found, or the budget is too small.
        NothingMeasured: the plain loop fails.
    """
    budget = Budget(question.budget_s, question.verbose, clock)
    side = replace(here(), environ=question.environ, inherits=question.inherits)
    found = yield from survey(question, side, ask, budget)
    if found.basis.whole.count == 1:
        return of_one_item(question.field, found.basis.whole, budget.spent_s)
    inquiry = _Inquiry(question, found, launch, budget)
    ledger = yield from _carried_out(inquiry, question, path, side, anonymous=anonymous)
    yield from ledger.warnings()
    seen = evidence.evidence_of(ledger.record, question.field)
    if seen is None:
        raise NothingMeasured("the plain loop led to no time.")
    return answer(seen, ledger.path)


def _carried_out(inquiry: _Inquiry, question: Question, path: Path, side: Side, *, anonymous: bool) -> Work[Ledger]:
    """Prepare the job, measure what tells most, and return what keeps the record."""
    budget = inquiry.budget
    deadline = preparation.Deadline(max(_LEAST_S, budget.left_s()), "name a larger --budget")
    with preparation.prepared(inquiry.plan(), side, deadline) as (ready, prepared):
        failure = next(iter(ready.failures.values()), None)
        if failure and failure.kind == "timed-out":
            raise UsageError(f"the budget of {question.budget_s:g} s is too small: {failure.message}.")
        if failure:
            raise NothingMeasured(f"there is nothing to advise: {failure.message}")
        ledger = Ledger(ready, path, anonymous=anonymous, needs_times=True)
        try:
            with ledger.open():
                try:
                    yield from inquiry.measure(ledger, prepared)
                except KeyboardInterrupt:
                    inquiry.interrupted = True
                    if not inquiry.times.get(inquiry.baseline.id):
                        raise
                finally:
                    ledger.record = inquiry.measured(ledger.record)
        except NothingMeasured:
            if ledger.saved:
                yield Warned(f"What was measured until then is saved as {ledger.path}")
            raise
    return ledger


class _Inquiry:
    """One question, and what is known about it so far."""

    def __init__(self, question: Question, found: Survey, launch: Launch, budget: Budget) -> None:
        """Begin with what was found out before."""
        self.question, self.field, self.basis = question, found.field, found.basis
        self.left_out, self.tiny, self.hurried = found.left_out, found.tiny, found.hurried
        self.launch, self.budget = launch, budget
        self.times: dict[str, dict[int, float]] = {}
        self.overhead_s = _VISIT_S
        self.alive: list[str] = []
        self.interrupted = False

    def plan(self) -> Record:
        """Return a record of all that may be measured, in which nothing is measured yet."""
        question, basis = self.question, self.basis
        found = [
            way
            for name, price in basis.prices.items()
            for way in ways.ways(name, self.field, basis.load, basis.whole, price, basis.host)
        ]
        self.ways = {way.case.id: way for way in found}
        self.baseline = self.field.case(BASELINE, 1, 1)
        self.limit = self.field.case(LIMIT, max(1, ceil(question.cpus)), 1)
        cases = (self.baseline, self.limit, *(way.case for way in found))
        references = {case.id: {Role.BASELINE: self.baseline.id, Role.LIMIT: self.limit.id} for case in cases}
        effort = Effort(rounds=1, values=1, warmups=1, min_time_s=_VALUE_S, timeout_s=question.budget_s / 2)
        work = {case.id: amount for case in cases if (amount := work_of(FAMILY, case, question.kind))}
        plan = Plan.of(Drawing(cases, (), references, work), effort, question.affinity)
        return measure.begin(plan, question.machine, command=question.command)

    # --- measuring ---

    def measure(self, ledger: Ledger, side: Side) -> Iterator[Event]:
        """Measure what tells most, until nothing is left to tell or the time is up."""
        self.ledger, self.side = ledger, side
        kept = {case.id for case in ledger.record.plan.cases}
        self.ways = {name: way for name, way in self.ways.items() if name in kept}
        self.cases = {case.id: case for case in ledger.record.plan.cases}
        yield Stage("advising", 0, self.budget.left_s())
        yield from self._visit(self.baseline.id, 0, self.basis.load.serial_s)
        if self.tiny:
            return
        if self.basis.load.cpu > 0.5:
            yield from self._visit(self.limit.id, 0, self.basis.load.serial_s)
        self._learn()
        yield from self._screen()
        yield from self._race()

    def _learn(self) -> None:
        """Take what the plain loop and its copies took into the model."""
        basis, serial_s = self.basis, self.times[self.baseline.id][0]
        scale = serial_s / basis.load.serial_s
        copies = self.times.get(self.limit.id)
        slower = max(1.0, copies[0] * self.question.cpus / serial_s) if copies else 1.0
        self.basis = replace(
            basis,
            whole=replace(basis.whole, costs_s=tuple(cost * scale for cost in basis.whole.costs_s)),
            load=replace(basis.load, costs_s=tuple(cost * scale for cost in basis.load.costs_s)),
            host=replace(basis.host, slower=slower),
        )
        self.ways = {name: replace(way, predicted=self.basis.predict(way)) for name, way in self.ways.items()}

    def _guess(self, way: Way) -> tuple[float, float]:
        """Return what a way is expected to take, and how far that may be off, from what its member took otherwise."""
        errs = [
            self.times[name][0] / other.predicted.seconds
            for name, other in self.ways.items()
            if other.case.member == way.case.member and 0 in self.times.get(name, {})
        ]
        if not errs:
            return way.predicted.seconds, _UNKNOWN
        mean = fmean(errs)
        return way.predicted.seconds * mean, max(_KNOWN, abs(log(mean)))

    def _screen(self) -> Iterator[Event]:
        """Visit one way after the other for the first time, whichever is expected to gain most for its time."""
        made = 0
        while made < _LEAST_WAYS or self.budget.left_s(_SCREEN) > 0:
            best_s = min(self._judged(name)[0] for name in self.times if name != self.limit.id)
            rated = []
            for name, way in self.ways.items():
                if name not in self.times:
                    seconds, error = self._guess(way)
                    judged_s = self.basis.judged(way, {0: seconds})[0]
                    gain = expected_gain(best_s, judged_s, error)
                    rated.append((gain / self._cost(seconds), gain, seconds, judged_s, error, name))
            if not rated:
                return
            _, gain, seconds, judged_s, error, name = max(rated)
            if self._cost(seconds) > self.budget.left_s() or (gain < _LEAST_GAIN and made >= _LEAST_WAYS):
                return
            made += 1
            yield from self.budget.note(
                f"{_named(self.ways[name])} next: predicted are {judged_s:.3g} s, and the chance that it is the "
                f"fastest so far (now {best_s:.3g} s) is {100 * chance(best_s, judged_s, error):.0f} %"
            )
            yield from self._visit(name, 0, seconds)

    def _race(self) -> Iterator[Event]:
        """Measure the best few in rounds until the rounds say all that they can, or the time is up."""
        rng = random.Random(self.question.seed)
        first = {name: self._judged(name)[0] for name in self.times if name in self.ways}
        if not first:
            return
        self.alive = self._racers(first)
        yield from self.budget.note(f"the race begins: {', '.join(_named(self.ways[name]) for name in self.alive)}")
        number = 0
        while self.alive and number < _MOST_ROUNDS:
            number += 1
            turn = [*self.alive]
            if number <= 3 or number % 2:
                turn.append(self.baseline.id)
            if number in (2, 4) and self.limit.id in self.times:
                turn.append(self.limit.id)
            rng.shuffle(turn)
            observed_s = sum(map(self._last, turn)) if number == _OBSERVED else 0.0
            if observed_s + sum(self._cost(self._last(name)) for name in turn) > self.budget.left_s():
                return
            for name in turn:
                if name in self.times:  # its member may have failed a moment ago
                    yield from self._visit(name, number, self._last(name))
            if (yield from self._decide(number)):
                return

    def _racers(self, first: Mapping[str, float]) -> list[str]:
        """Return who races: what was near the fastest, and the best of other members, which bad luck may have hit."""
        order = sorted(first, key=first.__getitem__)
        least = first[order[0]]
        near = [name for name in order if first[name] < _NEAR * least][:_RACERS]
        best_of: dict[str, str] = {}
        for name in order:
            best_of.setdefault(self.ways[name].case.member, name)
        others = [name for name in [*best_of.values()][:_MEMBERS] if first[name] < _FAR * least]
        return list(dict.fromkeys([*near, *others]))

    def _decide(self, number: int) -> Work[bool]:
        """Let those leave that are slower beyond doubt; return whether another round could tell anything."""
        self.alive = [name for name in self.alive if number in self.times.get(name, {})]
        raced = {
            name: {at: seconds for at, seconds in self._judged(name).items() if at}
            for name, times in self.times.items()
            if name != self.limit.id and max(times)
        }
        if number < 2 or not self.alive:
            return False
        standing = racing.stand(raced, self.alive)
        for name in standing.left:
            slower = 100 * (standing.gaps[name].low - 1)
            yield from self.budget.note(
                f"round {number}: {_named(self.ways[name])} is out, {slower:.0f} % slower or more"
            )
        self.alive = [name for name in self.alive if name not in standing.left]
        alone = standing.gaps.get(self.baseline.id)
        known = alone is not None and alone.high < _SURE * alone.low
        if number >= 3 and standing.decided and known:
            yield from self.budget.note(f"round {number} leaves nothing to decide")
            return True
        return False

    def _judged(self, name: str) -> Mapping[int, float]:
        """Return what a case took, as far as it tells of the whole job."""
        times = self.times[name]
        return self.basis.judged(self.ways[name], times) if name in self.ways else times

    def _last(self, name: str) -> float:
        times = self.times[name]
        return times[max(times)]

    def _cost(self, seconds: float) -> float:
        """Return how long a visit takes whose body takes so long."""
        return self.overhead_s + seconds * _loops(seconds) * 2

    def _visit(self, name: str, number: int, seconds: float) -> Iterator[Event]:
        """Visit a case once; a member that fails is left out from then on, with whatever it took before.

        Raises:
            NothingMeasured: the plain loop fails, and there is nothing left to compare with.
        """
        case, loops = self.cases[name], _loops(seconds)
        warmups = 0 if name in (self.baseline.id, self.limit.id) else 1
        timeout_s = max(_LEAST_S, self.budget.left_s() + _OVER * self.question.budget_s)
        if name in self.ways:  # one that hangs must not take what is left for the others
            timeout_s = min(timeout_s, max(_HUNG_S, _HUNG * self._cost(seconds)))
        effort = replace(self.ledger.record.plan.effort, warmups=warmups, timeout_s=timeout_s)
        begin = self.budget.clock()
        visit = Visit(case, effort, self.question.affinity, loops, self.side, observe=number == _OBSERVED)
        outcome = self.launch(visit)
        if isinstance(outcome, Failure):
            self.ledger.add(outcome)
            self._drop(case.member)
        else:
            outcome = outcome.with_metadata({ROUND: number})
            self.ledger.add(outcome)
            value = min(outcome.samples[-1])
            self.times.setdefault(name, {})[number] = value
            took_s = self.budget.clock() - begin - value * (loops * (1 + warmups) + visit.observe)
            self.overhead_s += 0.3 * (max(0.05, took_s) - self.overhead_s)
        yield Visited(outcome, first=number == 0)
        yield from self.ledger.warnings()
        if isinstance(outcome, Failure) and name == self.baseline.id:
            longer = "; name a larger --budget" if outcome.kind == "timed-out" else ""
            raise NothingMeasured(f"the plain loop fails: {outcome.message}{longer}")

    def _drop(self, member: str) -> None:
        """Forget all ways of a member."""
        self.ways = {name: way for name, way in self.ways.items() if way.case.member != member}
        self.times = {name: times for name, times in self.times.items() if self.cases[name].member != member}
        self.alive = [name for name in self.alive if name in self.ways]

    # --- afterwards ---

    def measured(self, record: Record) -> Record:
        """Return the record without what was not measured, and with what the model was made of."""
        told = evidence.told(
            self.basis,
            self.question.field,
            self.budget.spent_s,
            interrupted=self.interrupted,
            hurried=self.hurried,
        )
        seen = record.results.keys() | record.failures.keys()
        cases = tuple(case for case in record.plan.cases if case.id in seen)
        rounds = max([1, *(len(result.samples) for result in record.results.values())])
        plan = replace(
            record.plan,
            cases=cases,
            skips=(*record.plan.skips, *self._skips()),
            effort=replace(record.plan.effort, rounds=rounds),
            references={case.id: record.plan.references[case.id] for case in cases},
            work={case.id: record.plan.work[case.id] for case in cases if case.id in record.plan.work},
        )
        return replace(
            record,
            plan=plan,
            jobs={**record.jobs, **told},
        )

    def _skips(self) -> Iterator[Skip]:
        """Yield why members were left out, as a plan tells it."""
        for name, why in self.left_out.items():
            yield Skip(replace(self.baseline, member=name), "skipped", why)


# --- small things -------------------------------------------------------------------------------------------------


def _loops(seconds: float) -> int:
    return max(1, min(64, ceil(_VALUE_S / max(seconds, 1e-6))))


def _named(way: Way) -> str:
    return f"{way.case.member} ({way.workers} workers, {way.chunksize} per message)"
