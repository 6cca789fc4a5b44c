"""Advice: which way to do a job, how many workers, how many items per message; measured within a budget.

The plain loop on a sample and the price of each way make a model, which says what to measure. What the model thinks
most of is measured once, whatever is expected to gain most first; the best few then race in rounds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, inf
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from bench.analysis import cost_model, gate, paired, racing
from bench.analysis.cost_model import Host, Load, Price
from bench.analysis.expected_gain import chance, expected_gain
from bench.app import measure, snippet, ways
from bench.app.events import Note, Stage, Visited
from bench.app.ledger import Ledger
from bench.app.ways import Field, Way
from bench.core import catalog
from bench.core.errors import BrokenPlugin, NothingMeasured, UsageError
from bench.core.plan import Drawing, Effort, Plan
from bench.core.record import Failure
from bench.core.reference import Role
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import preparation
from bench.engine.asking import Unanswered, ask
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY
from bench.samples.advice import Advice, Option

if TYPE_CHECKING:
    from pathlib import Path

    from bench.app.events import Event, Work
    from bench.core.case import Case, Value
    from bench.core.job import JobKind
    from bench.core.machine import Machine
    from bench.core.record import Record
    from bench.engine.schedule import Launch

ROUND = "primebench_round"  # which round of the race a process belongs to

_SERIAL, _CEILING = FAMILY.references[Role.BASELINE], FAMILY.references[Role.LIMIT]

# --- how the budget is spent --------------------------------------------------------------------------------------

_SURVEY = 0.05  # share of the budget for the plain loop on a sample
_PRICES = 0.2  # up to which share of it prices are found out
_SCREEN = 0.5  # up to which share of it ways are measured for the first time
_BODY = 0.04  # what the plain loop may take, of the budget; of a longer job only a part is measured
_LEAST_WAYS = 3  # that are measured even where the model thinks little of them
_LEAST_GAIN = 0.01  # expected gain below which no further way is worth a first visit
_UNKNOWN, _KNOWN = 0.25, 0.1  # how far predictions err (log): of a member that was not measured yet, and of another one
_RACERS = 5  # that begin the race at most
_VISIT_S = 0.3  # that a visit takes beside its bodies, before one was made
_TINY_S = 1e-3  # of serial work, too little for any way to pay: it takes as long to make one worker
_VALUE_S = 0.05  # what a value lasts at least; shorter bodies are repeated


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        kind: of the job.
        params: of the job, by axis.
        members: the backends that may be advised.
        machine: this one.
        affinity: the CPUs that may be used.
        start: the start method.
        budget_s: how long it may take.
        seed: of the order of the race.
        verbose: whether each choice of what to measure is explained.
    """

    kind: JobKind
    params: Mapping[str, Value]
    members: tuple[str, ...]
    machine: Machine
    affinity: tuple[int, ...]
    start: Value
    budget_s: float = 60.0
    seed: int = 1
    verbose: bool = False


def advise(question: Question, path: Path, launch: Launch, *, anonymous: bool = False) -> Work[Advice]:
    """Find out which way to do the job, and say it.

    Args:
        question: what is asked.
        path: where the record of what is measured goes.
        launch: makes a visit.
        anonymous: whether the record leaves out host name, user and paths.

    Raises:
        UsageError: the job cannot be found, or the budget is too small.
        NothingMeasured: the plain loop fails.
    """
    return (yield from _Inquiry(question, path, launch, anonymous=anonymous).run())


class _Inquiry:
    """One question, and what is known about it so far."""

    def __init__(self, question: Question, path: Path, launch: Launch, *, anonymous: bool) -> None:
        """Begin."""
        self.question, self.path, self.launch, self.anonymous = question, path, launch, anonymous
        self.began = time.monotonic()
        self.side = here()
        self.cpus = min(question.machine.usable_cpus, float(len(question.affinity)))
        self.host = Host(self.cpus)
        self.left_out: dict[str, str] = {}
        self.prices: dict[str, Price] = {}
        self.ways: dict[str, Way] = {}
        self.times: dict[str, dict[int, float]] = {}
        self.first: dict[str, float] = {}
        self.overhead_s = _VISIT_S
        self.part = 1
        self.interrupted = False
        self.alive: list[str] = []

    # --- time ---

    @property
    def spent_s(self) -> float:
        return time.monotonic() - self.began

    def left_s(self, share: float = 1.0) -> float:
        """Return how much of this share of the budget is left."""
        return share * self.question.budget_s - self.spent_s

    def note(self, text: str) -> Iterator[Event]:
        if self.question.verbose:
            yield Note(f"{self.spent_s:5.1f} s  {text}")

    # --- the whole of it ---

    def run(self) -> Work[Advice]:
        question = self.question
        found = self._survey()
        self.whole = self._load(found)
        yield from self.note(
            f"the plain loop: {self.whole.count} items of {self.whole.mean_s:.3g} s; {100 * self.whole.cpu:.0f} % of "
            f"that is CPU time, with the lock held for {100 * self.whole.lock:.0f} % of it"
        )
        self._divide()
        self.field = Field(question.kind, self._params(), question.start)
        small = self.load.count == 1 or self.load.serial_s < _TINY_S
        if not small:
            yield from self._find_prices()
        self.ways = {
            way.case.id: way
            for name, price in self.prices.items()
            for way in ways.ways(name, self.field, self.load, price, self.host)
        }
        self.serial = self.field.case(_SERIAL, 1, 1)
        self.ceiling = self.field.case(_CEILING, max(1, int(self.cpus)), 1)
        yield Stage("advising", self._visits())
        with preparation.prepared(self._record(found), self.side) as (record, side):
            self.side = side
            for case_id in [case_id for case_id in self.ways if case_id not in {case.id for case in record.plan.cases}]:
                del self.ways[case_id]
            for skip in record.plan.skips:
                self.left_out[skip.case.member] = skip.reason
            failure = next(iter(record.failures.values()), None)
            if failure:
                raise NothingMeasured(f"the job is {failure.kind} already in the plain loop: {failure.message}")
            self.ledger = Ledger(record, self.path, anonymous=self.anonymous)
            with self.ledger.open():
                try:
                    yield from self._measure(small=small)
                except KeyboardInterrupt:
                    if not self.times.get(self.serial.id):
                        raise
                    self.interrupted = True
                self._forget()
        yield from self.ledger.warnings()
        return self._advice()

    def _survey(self) -> dict[str, Any]:
        question = self.question
        probe = Field(question.kind, question.params, question.start)
        grain: Value = 1
        workers = max(2, int(self.cpus))
        name = next(name for name in (*question.members, _SERIAL) if name not in FAMILY.references.values())
        case = probe.case(name, workers, 1)
        amount = question.kind.work(dict(case.params), workers, {})
        if amount and amount.tasks and amount.size:
            grain = max(1, amount.size // 1000)
            case = probe.case(name, workers, grain)
        seconds = _SURVEY * question.budget_s
        try:
            found = ask(
                self.side, "bench.engine.worker.survey", case.to_json(), str(seconds), timeout_s=question.budget_s / 2
            )
        except Unanswered as why:
            raise UsageError(
                f"the budget of {question.budget_s:g} s is too small: a sample of the plain loop gave {why}; "
                f"try --budget {4 * question.budget_s:g}."
            ) from None
        if "kind" in found:
            errors: dict[str, type[Exception]] = {"usage": UsageError, "broken": BrokenPlugin}
            raise errors.get(found["kind"], NothingMeasured)(found["message"])
        found["each"] = amount.size / found["count"] if amount and amount.size else 1.0
        found["total"] = amount.size if amount and amount.size else found["count"]
        return found

    def _load(self, found: Mapping[str, Any]) -> Load:
        each = found["each"]
        threads = found["threads"]
        lock = 1.0 if threads is None else (2 - threads) / threads
        return Load(
            count=int(found["total"]),
            places=tuple(found["places"]),
            costs_s=tuple(max(1e-9, cost / each) for cost in found["costs_s"]),
            cpu=float(found["cpu"]),
            lock=min(1.0, max(0.0, lock)),
            bytes_each=(found["item_bytes"] + found["result_bytes"]) / each,
            handed=each == 1,
        )

    def _divide(self) -> None:
        """Decide which part of the job is measured."""
        whole, budget_s = self.whole, self.question.budget_s
        body_s = _BODY * budget_s
        parts = max(1, round(whole.serial_s / body_s))
        most = max(1, whole.count // (8 * max(2, int(self.cpus))))
        self.part = min(parts, most) if self.question.kind.part else 1
        self.load = whole if self.part == 1 else _shortened(whole, self.part)
        needed_s = 4 + 8 * self.load.serial_s
        if needed_s > budget_s:
            raise UsageError(
                f"the budget of {budget_s:g} s is too small for a plain loop of {self.load.serial_s:.2g} s, which is "
                f"done several times; the smallest that works is --budget {ceil(needed_s)}."
            )

    def _params(self) -> Mapping[str, Value]:
        question = self.question
        if self.part == 1 or question.kind.part is None:
            return question.params
        usual = {axis.name: axis.default() for axis in question.kind.axes}
        return question.kind.part({**usual, **question.params}, self.part)

    def _find_prices(self) -> Iterator[Event]:
        workers = max(2, int(self.cpus))
        names, self.left_out = ways.members(self.question.members, self.field, self.load, workers)
        for name in names:
            if self.left_s(_PRICES) <= 0:
                self.left_out[name] = "there was no time for it within the budget."
                continue
            case = self.field.case(name, workers, 1)
            yield from self.note(f"what {name} costs by itself")
            try:
                found = ask(self.side, "bench.engine.worker.prices", case.to_json(), timeout_s=self.left_s(0.3))
            except Unanswered as why:
                self.left_out[name] = f"{why}."
                continue
            threads = _backend.load(name).parallelism == "threads"
            self.prices[name] = Price(**{**found, "workers": workers}, threads=threads)

    def _record(self, found: Mapping[str, Any]) -> Record:
        question = self.question
        cases = (self.serial, self.ceiling, *(way.case for way in self.ways.values()))
        references = {case.id: {Role.BASELINE: self.serial.id, Role.LIMIT: self.ceiling.id} for case in cases}
        effort = Effort(rounds=1, values=1, warmups=1, min_time_s=_VALUE_S, timeout_s=question.budget_s / 2)
        plan = Plan.of(Drawing(cases, (), references), effort, question.affinity)
        plan = replace(plan, work={case.id: work for case in cases if (work := _work(case, question.kind))})
        return replace(measure.begin(plan, question.machine), jobs=self._known(found))

    def _known(self, found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return what the model was made of, for the record."""
        load = self.load
        costs = _thinned(load.costs_s, 64)
        told = {"count": load.count, "cpu": load.cpu, "lock": load.lock, "bytes_each": load.bytes_each}
        told |= {"handed": int(load.handed), "part": self.part, "cpus": self.cpus, "whole_count": self.whole.count}
        told |= {f"cost_{at:02}": cost for at, cost in enumerate(costs)}
        prices = {
            f"price {name}": {slot: float(getattr(price, slot)) for slot in Price.__slots__}
            for name, price in self.prices.items()
        }
        return {"load": told, **prices}

    # --- measuring ---

    def _visits(self) -> int:
        body_s = self.load.serial_s / max(1.0, self.cpus)
        return max(4, int(self.left_s() / (self.overhead_s + 2 * body_s)))

    def _measure(self, *, small: bool) -> Iterator[Event]:
        yield from self._visit(self.serial, 0, self.load.serial_s)
        if not self.times.get(self.serial.id):
            failure = self.ledger.record.failures.get(self.serial.id)
            raise NothingMeasured(f"the plain loop fails: {failure.message if failure else 'no time'}")
        if small:
            yield from self._visit(self.serial, 1, self.load.serial_s)
            return
        if self.load.cpu > 0.5:
            yield from self._visit(self.ceiling, 0, self.load.serial_s)
        self._learn()
        yield from self._screen()
        yield from self._race()

    def _learn(self) -> None:
        """Take what the plain loop and its copies took into the model."""
        serial_s = self.times[self.serial.id][0]
        scale = serial_s / self.load.serial_s
        self.load = replace(self.load, costs_s=tuple(cost * scale for cost in self.load.costs_s))
        copies = self.times.get(self.ceiling.id)
        if copies:
            slower = max(1.0, copies[0] * int(self.cpus) / serial_s)
            self.host = replace(self.host, slower=slower)
        self.ways = {
            case_id: replace(
                way, predicted=cost_model.predict(self.load, way.price, self.host, way.workers, way.chunksize)
            )
            for case_id, way in self.ways.items()
        }
        self.first = {case_id: way.predicted.seconds for case_id, way in self.ways.items()}

    def _guess(self, way: Way) -> tuple[float, float]:
        """Return what a way is expected to take now, and how far that may be off."""
        known = self.times.get(way.case.id)
        if known:
            return median(known.values()), 0.02
        errs = [
            self.times[other.case.id][min(self.times[other.case.id])] / other.predicted.seconds
            for other in self.ways.values()
            if other.case.member == way.case.member and self.times.get(other.case.id)
        ]
        if errs:
            return way.predicted.seconds * fmean(errs), _KNOWN
        return way.predicted.seconds, _UNKNOWN

    def _screen(self) -> Iterator[Event]:
        """Visit one way after the other for the first time, whichever is expected to gain most for its time."""
        made = 0
        while made < _LEAST_WAYS or self.left_s(_SCREEN) > 0:
            best_s = min(times[0] for case_id, times in self.times.items() if 0 in times and case_id != self.ceiling.id)
            rated = []
            for way in self.ways.values():
                if way.case.id in self.times:
                    continue
                seconds, error = self._guess(way)
                gain = expected_gain(best_s, seconds, error)
                rated.append((gain / self._cost(seconds), gain, seconds, error, way))
            if not rated:
                return
            _, gain, seconds, error, way = max(rated, key=lambda one: one[0])
            if self._cost(seconds) > self.left_s(0.7) or (gain < _LEAST_GAIN and made >= _LEAST_WAYS):
                return
            made += 1
            yield from self.note(
                f"{_named(way)} next: {seconds:.3g} s predicted, which {100 * chance(best_s, seconds, error):.0f} % of "
                f"such predictions would make the fastest so far ({best_s:.3g} s)"
            )
            yield from self._visit(way.case, 0, seconds)

    def _race(self) -> Iterator[Event]:
        """Measure the best few in rounds until the rounds say all that they can, or the time is up."""
        rng = random.Random(self.question.seed)
        first = {case_id: times[0] for case_id, times in self.times.items() if 0 in times and case_id in self.ways}
        least = min(first.values(), default=inf)
        racers = sorted((case_id for case_id in first if first[case_id] < 1.25 * least), key=first.__getitem__)
        self.alive = racers[:_RACERS]
        yield from self.note(f"the race: {', '.join(_named(self.ways[case_id]) for case_id in self.alive)}")
        number = 0
        while True:
            number += 1
            turn = [*self.alive]
            if number <= 3 or number % 2:
                turn.append(self.serial.id)
            if number in (2, 4) and self.ceiling.id in self.times:
                turn.append(self.ceiling.id)
            rng.shuffle(turn)
            cost = sum(self._cost(self._last(case_id)) for case_id in turn)
            if cost > self.left_s():
                return
            for case_id in turn:
                yield from self._visit(self._case(case_id), number, self._last(case_id))
            self.alive = [case_id for case_id in self.alive if number in self.times.get(case_id, {})]
            if not self.alive:
                return
            raced = self._raced()
            standing = racing.stand(raced, self.alive)
            if number >= 2 and standing.left:
                gone = ", ".join(
                    f"{_named(self.ways[case_id])} ({100 * (standing.gaps[case_id].low - 1):.0f} % slower at least)"
                    for case_id in standing.left
                )
                yield from self.note(f"out after round {number}: {gone}")
                self.alive = [case_id for case_id in self.alive if case_id not in standing.left]
            if number >= 3 and standing.decided:
                yield from self.note(f"round {number} leaves nothing to decide")
                return

    def _raced(self) -> dict[str, dict[int, float]]:
        """Return the times of the race alone; those of the first visits where it has no round."""
        raced = {
            case_id: {number: seconds for number, seconds in times.items() if number > 0}
            for case_id, times in self.times.items()
            if case_id != self.ceiling.id
        }
        raced = {case_id: times for case_id, times in raced.items() if times}
        return (
            raced
            if any(case_id in self.ways for case_id in raced)
            else {
                case_id: {0: times[0]}
                for case_id, times in self.times.items()
                if 0 in times and case_id != self.ceiling.id
            }
        )

    def _case(self, case_id: str) -> Case:
        return next(case for case in self.ledger.record.plan.cases if case.id == case_id)

    def _last(self, case_id: str) -> float:
        times = self.times[case_id]
        return times[max(times)]

    def _cost(self, seconds: float) -> float:
        """Return how long a visit takes whose body takes so long."""
        return self.overhead_s + seconds * _loops(seconds) * (1 + _warmups(seconds))

    def _visit(self, case: Case, number: int, seconds: float) -> Iterator[Event]:
        """Visit a case once; a member that fails is left out from then on."""
        loops, warmups = _loops(seconds), _warmups(seconds) if case.id != self.serial.id else 0
        timeout_s = max(2.0, self.left_s() + 0.05 * self.question.budget_s)
        effort = replace(self.ledger.record.plan.effort, warmups=warmups, timeout_s=timeout_s)
        begin = time.monotonic()
        outcome = self.launch(Visit(case, effort, self.question.affinity, loops, self.side))
        if isinstance(outcome, Failure):
            self.ledger.add(outcome)
            self.left_out[case.member] = f"{outcome.kind}: {outcome.message}"
            self.ways = {case_id: way for case_id, way in self.ways.items() if way.case.member != case.member}
            self.alive = [case_id for case_id in self.alive if case_id in self.ways]
        else:
            outcome = outcome.with_metadata({ROUND: number})
            self.ledger.add(outcome)
            value = min(outcome.samples[-1])
            self.times.setdefault(case.id, {})[number] = value
            took = time.monotonic() - begin - value * loops * (1 + warmups)
            self.overhead_s += 0.3 * (max(0.05, took) - self.overhead_s)
        yield Visited(outcome, first=number == 0)
        yield from self.ledger.warnings()

    def _forget(self) -> None:
        """Leave out of the record what was not measured."""
        record = self.ledger.record
        cases = tuple(case for case in record.plan.cases if case.id in record.results or case.id in record.failures)
        rounds = max(1, *(len(result.samples) for result in record.results.values()))
        plan = replace(
            record.plan,
            cases=cases,
            effort=replace(record.plan.effort, rounds=rounds),
            references={case.id: record.plan.references[case.id] for case in cases},
            work={case.id: record.plan.work[case.id] for case in cases if case.id in record.plan.work},
        )
        self.ledger.record = replace(record, plan=plan)

    # --- the answer ---

    def _advice(self) -> Advice:
        record = self.ledger.record
        raced = self._raced()
        names = [case_id for case_id in (self.alive or list(raced)) if case_id in raced]
        names = names if self.serial.id in names else [*names, self.serial.id]
        standing = racing.stand(raced, [name for name in names if name in raced] or list(raced))
        best = standing.best
        options = {name: self._option(name, raced) for name in standing.ties}
        choice = options.get(best) or self._option(best, raced)
        serial_wins = best == self.serial.id or choice.speedup < 1 + 2 * racing.ALIKE
        answered = serial_wins or choice.low is None or choice.low > 1
        if serial_wins:
            choice = self._option(self.serial.id, raced)
            best = self.serial.id
        ties = tuple(option for name, option in options.items() if name != best)
        way = self.ways.get(best)
        facts = self._facts(record)
        simplest = min([choice, *ties], key=lambda option: _effort_to_write(option, facts))
        elapsed = self.spent_s
        serial_s = median(self.times[self.serial.id].values())
        ceiling = self.times.get(self.ceiling.id)
        measured_s = median(raced[best].values()) if best in raced else serial_s
        advised = self._for_the_whole(choice.case, choice.chunksize)
        return Advice(
            choice=choice,
            ties=ties,
            simplest="" if simplest is choice else simplest.backend,
            count=self.whole.count,
            serial_s=serial_s * self.part,
            chunksize_range=self._chunksize_range(way, choice, standing),
            serial_below=self._serial_below(way),
            predicted_s=self.first.get(best),
            measured_s=measured_s,
            of_ceiling=median(ceiling.values()) / measured_s if ceiling and way else None,
            snippet=snippet.program(advised, facts),
            call=snippet.call(advised, facts),
            limit=way.predicted.limit if way else "size",
            cases=len(self.times),
            finished=len(self.alive) + 1 if self.alive else 1,
            part=self.part,
            left_out=self.left_out,
            doubts=_doubts(record, standing),
            answered=answered,
            interrupted=self.interrupted,
            elapsed_s=elapsed,
            record=self.ledger.path,
        )

    def _option(self, name: str, raced: Mapping[str, Mapping[int, float]]) -> Option:
        case = self._case(name)
        if name == self.serial.id:
            return Option(case, None, 1.0, 1.0, 1.0)
        gap = racing.gap(raced, self.serial.id, name)
        if gap is None:
            return Option(case, self._chunksize(name), self._last(self.serial.id) / self._last(name), None, None)
        known = gap.high < inf
        return Option(case, self._chunksize(name), gap.ratio, gap.low if known else None, gap.high if known else None)

    def _chunksize(self, name: str) -> int | None:
        """Return the chunk size for the whole job, of which a part was measured."""
        way = self.ways[name]
        if self.part == 1:
            return way.chunksize
        return cost_model.best_chunk(self.whole, way.price, self.host, way.workers)[0]

    def _for_the_whole(self, case: Case, chunksize: int | None) -> Case:
        field_ = Field(self.question.kind, self.question.params, self.question.start)
        return field_.case(case.member, int(case["workers"]), chunksize or 1)

    def _chunksize_range(self, way: Way | None, choice: Option, standing: racing.Standing) -> tuple[int, int] | None:
        if way is None or choice.chunksize is None:
            return None
        low, high = cost_model.chunk_range(self.whole, way.price, self.host, way.workers, choice.chunksize)
        if self.part == 1:
            for case_id, gap in standing.gaps.items():
                other = self.ways.get(case_id)
                same = other and (other.case.member, other.workers) == (way.case.member, way.workers)
                if other and same and gap.low > 1 + cost_model.LOSS:
                    low = max(low, other.chunksize + 1) if other.chunksize < choice.chunksize else low
                    high = min(high, other.chunksize - 1) if other.chunksize > choice.chunksize else high
        return low, high

    def _serial_below(self, way: Way | None) -> int | None:
        if way is None:
            return None
        return cost_model.serial_below(self.whole, way.price, self.host, way.workers)

    def _facts(self, record: Record) -> Mapping[str, Any]:
        known = next((facts for key, facts in record.jobs.items() if "items_sha256" in facts), {})
        return {**known, "count": self.whole.count}


# --- small things -------------------------------------------------------------------------------------------------


def _shortened(load: Load, parts: int) -> Load:
    count = max(1, load.count // parts)
    if len(load.costs_s) < load.count:
        return replace(load, count=count)
    kept = range(0, load.count, parts)
    return replace(
        load,
        count=len(kept),
        places=tuple((at + 0.5) / len(kept) for at in range(len(kept))),
        costs_s=tuple(load.costs_s[at] for at in kept),
    )


def _thinned(values: Sequence[float], most: int) -> list[float]:
    if len(values) <= most:
        return list(values)
    edges = [round(at * len(values) / most) for at in range(most + 1)]
    return [fmean(values[low:high]) for low, high in pairwise(edges)]


def _work(case: Case, kind: JobKind) -> Any:
    shared_by = FAMILY.shared_by
    return kind.work(dict(case.params), shared_by(case.member, dict(case.params)), {}) if shared_by else None


def _loops(seconds: float) -> int:
    return max(1, min(64, ceil(_VALUE_S / max(seconds, 1e-6))))


def _warmups(seconds: float) -> int:
    return 1 if seconds < 2.0 else 0


def _named(way: Way) -> str:
    return f"{way.case.member} ({way.workers} workers, {way.chunksize} per message)"


def _effort_to_write(option: Option, facts: Mapping[str, Any]) -> tuple[bool, int, int]:
    """Return what makes code less simple: a further library, lines, letters."""
    code = snippet.call(option.case, facts) or "\n" * 99
    return option.backend not in catalog.select(_backend.PACKAGE, ("all",), "", ""), code.count("\n"), len(code)


def _doubts(record: Record, standing: racing.Standing) -> tuple[str, ...]:
    processes = [one for result in record.results.values() for one in result.processes if one.values]
    disturbed = gate.exceeded(paired.readings(processes, record.machine.logical_cpus))
    spread = [f"single times differ by {100 * standing.noise:.0f} %"] if _NOISY < standing.noise < inf else []
    return (*disturbed, *spread)


_NOISY = 0.1
"""Standard deviation of single times from which on the machine counts as busy; of a quiet one it is 0.01 to 0.05."""
