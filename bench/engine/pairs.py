"""The order of a paired run, and carrying it out: the same cases by several sides, in pairs of fresh processes.

::

    pair 0   C: base head   A: head base   B: base head      cells shuffled, sides drawn
    pair 1   B: head base   A: base head   C: head base      the whole pair 0 backwards
    pair 2   A: base head   C: base head   B: head base      drawn anew

Visits of one pair and cell meet: they take turns value by value (`bench.engine.meeting`), or at least are neighbours in
time, so that drift meets both; every second pair is the one before it backwards (ABBA), so what drift is left cancels;
and who begins is drawn, so nothing periodic can favour a side.

Pairs take turns with the builds of each side, and the confirmation has builds of its own.

Source of the design: A. Abedi, T. Brecht, "Conducting repeatable experiments in highly variable cloud computing
environments", 2017 (randomised multiple interleaved trials).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from bench.analysis.paired import BATCH, PAIR
from bench.core.record import Failure, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.core.case import Case
    from bench.core.plan import Effort

    Launch = Callable[[Case, Effort, tuple[int, ...], int | None], Result | Failure]
    Meet = Callable[[Sequence[str], Case, Effort, tuple[int, ...], int | None], Iterable[tuple[str, Result | Failure]]]


BUILDS = 8
"""Builds of a side for each batch: one for each pair where pairs are fewest, seven, so that the exact test sees how far
builds scatter. In simulation, of equal sides whose builds scatter by 2 %, one build left 20 % false alarms, two left
2 %, four 1 % and eight 0.3 %. A build takes a tenth of a second and 3 MB."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A case, and the sides that are to measure it."""

    case: Case
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One fresh process: a side measures a case for a pair of a batch; pairs count from 0 in each batch."""

    batch: int
    pair: int
    case: Case
    side: str


def build_of(batch: int, pair: int) -> int:
    """Return which build of the sides measures a pair: in turn from pair to pair, and others for each batch.

    A build that is slow by its place alone is then a part of a batch, and no part of its confirmation.
    """
    return BUILDS * batch + pair % BUILDS


def order(cells: Sequence[Cell], batch: int, pairs: range, seed: int) -> list[Visit]:
    """Return the visits of these pairs of a batch; the same whether a batch is drawn at once or in pieces."""
    return [visit for pair in pairs for visit in _pair(cells, batch, pair, seed)]


def _pair(cells: Sequence[Cell], batch: int, pair: int, seed: int) -> list[Visit]:
    dice = random.Random(f"{seed}/{batch}/{pair // 2}")  # both pairs of a block throw the same dice
    shuffled = dice.sample(list(cells), len(cells))
    visits = [
        Visit(batch, pair, cell.case, side) for cell in shuffled for side in dice.sample(cell.sides, len(cell.sides))
    ]
    return visits if pair % 2 == 0 else visits[::-1]


def rehearse(
    cells: Iterable[Cell], launches: Mapping[str, Launch], effort: Effort, affinity: tuple[int, ...]
) -> Iterator[tuple[Visit, Result | Failure]]:
    """Let every side measure every cell once, and yield the outcomes: they tell failures and loops, and are no pairs.

    The first visit of a fresh installation also compiles and caches its files, which belongs to no measurement.
    """
    for cell in cells:
        for side in cell.sides:
            outcome = launches[side](cell.case, replace(effort, values=1), affinity, None)
            yield Visit(-1, -1, cell.case, side), replace(outcome, side=side)


def loops_of(rehearsal: Iterable[tuple[Visit, Result | Failure]]) -> dict[str, int | None]:
    """Return case id -> loops: the same for all sides, and enough for the fastest."""
    loops: dict[str, int | None] = {}
    for visit, outcome in rehearsal:
        if isinstance(outcome, Result) and outcome.loops is not None:
            loops[visit.case.id] = max(outcome.loops, loops.get(visit.case.id) or 0)
    return loops


def one_by_one(launches: Mapping[str, Launch]) -> Meet:
    """Return how sides measure a case together that cannot take turns: one after another, up to the first failure."""

    def meet(
        names: Sequence[str], case: Case, effort: Effort, affinity: tuple[int, ...], loops: int | None
    ) -> Iterator[tuple[str, Result | Failure]]:
        for name in names:
            outcome = launches[name](case, effort, affinity, loops)
            yield name, outcome
            if isinstance(outcome, Failure):
                return

    return meet


def run(
    visits: Iterable[Visit],
    meet: Meet,
    effort: Effort,
    affinity: tuple[int, ...],
    loops: Mapping[str, int | None],
) -> Iterator[tuple[Visit, Result | Failure]]:
    """Let the sides of each pair meet, and yield every visit with its outcome, stamped with side, pair and batch.

    Once a side has failed in a case, no side visits it again: a half pair is of no use.
    """
    failed: set[str] = set()
    for (_, _, case), group in groupby(visits, lambda visit: (visit.batch, visit.pair, visit.case)):
        if case.id in failed:
            continue
        pair = {visit.side: visit for visit in group}
        for side, outcome in meet(tuple(pair), case, effort, affinity, loops.get(case.id)):
            if isinstance(outcome, Failure):
                failed.add(case.id)
            yield pair[side], _stamped(outcome, pair[side])


def _stamped(outcome: Result | Failure, visit: Visit) -> Result | Failure:
    outcome = replace(outcome, side=visit.side)
    if isinstance(outcome, Failure):
        return outcome
    stamp = {"name": outcome.key, "primebench_side": visit.side, PAIR: visit.pair, BATCH: visit.batch}
    processes = (replace(process, metadata={**process.metadata, **stamp}) for process in outcome.processes)
    return replace(outcome, processes=tuple(processes))
