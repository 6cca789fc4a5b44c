"""Order and carry out a paired run: the same cases by several sides, in pairs of fresh processes.

::

    pair 0   C: base head   A: head base   B: base head      cells shuffled, sides drawn
    pair 1   B: head base   A: base head   C: head base      the whole pair 0 backwards
    pair 2   A: base head   C: base head   B: head base      drawn anew

Visits of one pair and cell take turns value by value (`bench.engine.round_robin`), or at least are neighbours in
time, so that drift hits both; every second pair is the one before it backwards (ABBA), so what drift is left cancels;
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

from bench.core.record import Failure, Result
from bench.core.stamps import BATCH, PAIR
from bench.core.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.core.case import Case
    from bench.core.plan import Effort
    from bench.core.side import Side

    Launch = Callable[[Visit], Result | Failure]
    # Name of a side -> its visit, in the order of their turns; yields the name of a side with its outcome.
    Together = Callable[[Mapping[str, Visit]], Iterable[tuple[str, Result | Failure]]]


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
class Slot:
    """The place of a visit in a paired run: a side measures a case for a pair of a batch, in which pairs count from 0.

    Attributes:
        batch: 0, or 1 for what confirms it.
        pair: its number in the batch.
        case: what is measured.
        side: the name of who measures.
    """

    batch: int
    pair: int
    case: Case
    side: str


def build_of(batch: int, pair: int) -> int:
    """Return which build of the sides measures a pair: in turn from pair to pair, and others for each batch.

    A build that is slow by its place alone is then a part of a batch, and no part of its confirmation.
    """
    return BUILDS * batch + pair % BUILDS


def order(cells: Sequence[Cell], batch: int, pairs: range, seed: int) -> list[Slot]:
    """Return the slots of these pairs of a batch; the same whether a batch is drawn at once or in pieces."""
    return [slot for pair in pairs for slot in _pair(cells, batch, pair, seed)]


def _pair(cells: Sequence[Cell], batch: int, pair: int, seed: int) -> list[Slot]:
    rng = random.Random(f"{seed}/{batch}/{pair // 2}")  # both pairs of a block draw the same order
    shuffled = rng.sample(list(cells), len(cells))
    slots = [
        Slot(batch, pair, each.case, side) for each in shuffled for side in rng.sample(each.sides, len(each.sides))
    ]
    return slots if pair % 2 == 0 else slots[::-1]


def calibrate(
    cells: Iterable[Cell], sides: Mapping[str, Side], launch: Launch, effort: Effort, cpus: tuple[int, ...]
) -> Iterator[Result | Failure]:
    """Let every side measure every cell once, and yield the outcomes: they tell failures and loops, and are no pairs.

    The first visit of a fresh installation also compiles and caches its files, which belongs to no measurement.
    """
    once = replace(effort, values=1)
    for cell in cells:
        for name in cell.sides:
            yield replace(launch(Visit(cell.case, once, cpus, None, sides[name])), side=name)


def loops_of(calibration: Iterable[Result | Failure]) -> dict[str, int | None]:
    """Return case id -> loops: the same for all sides, and enough for the fastest."""
    loops: dict[str, int | None] = {}
    for outcome in calibration:
        if isinstance(outcome, Result) and outcome.loops is not None:
            loops[outcome.case.id] = max(outcome.loops, loops.get(outcome.case.id) or 0)
    return loops


def run(
    slots: Iterable[Slot],
    sides: Mapping[str, Side],
    together: Together,
    effort: Effort,
    cpus: tuple[int, ...],
    loops: Mapping[str, int | None],
) -> Iterator[tuple[Slot, Result | Failure]]:
    """Let the sides of each pair measure together, and yield every slot with its outcome, stamped with it.

    Once a side has failed in a case, no side visits it again: a half pair is of no use.
    """
    failed: set[str] = set()
    for (_, _, case), group in groupby(slots, lambda slot: (slot.batch, slot.pair, slot.case)):
        if case.id in failed:
            continue
        pair = {slot.side: slot for slot in group}
        visits = {name: Visit(case, effort, cpus, loops.get(case.id), sides[name]) for name in pair}
        for name, outcome in together(visits):
            if isinstance(outcome, Failure):
                failed.add(case.id)
            yield pair[name], _stamped(outcome, pair[name])


def _stamped(outcome: Result | Failure, slot: Slot) -> Result | Failure:
    outcome = replace(outcome, side=slot.side)
    if isinstance(outcome, Failure):
        return outcome
    return outcome.with_metadata(
        {"name": outcome.key, "primebench_side": slot.side, PAIR: slot.pair, BATCH: slot.batch}
    )
