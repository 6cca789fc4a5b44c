"""Turn a plan into visits: rounds that visit every case once, in seeded order, reversed every second round.

Slow drift of the machine then meets all cases alike, and each case's neighbours change. Where several sides measure,
they visit a case one behind the other, in an order of each round's own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.core.record import Failure, key_of
from bench.core.visit import Visit
from bench.store.identity import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.core.case import Case
    from bench.core.plan import Plan
    from bench.core.record import Record, Result
    from bench.core.side import Side

    Launch = Callable[[Visit], Result | Failure]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a visit in the order of a run: a case, and a side where several measure, in a round from 0 on."""

    round: int
    case: Case
    side: str = ""

    @property
    def key(self) -> str:
        """What its times are called in a record."""
        return key_of(self.case, self.side)


def order(plan: Plan) -> list[Slot]:
    """Return where all visits of a plan stand, in the order in which they are made."""
    rng = random.Random(plan.effort.seed)  # an order, not a secret
    slots: list[Slot] = []
    shuffled: list[tuple[Case, str]] = []
    for number in range(plan.effort.rounds):
        if number % 2 == 0:
            cases = list(plan.cases)
            rng.shuffle(cases)
            shuffled = [(case, side) for case in cases for side in _sides(plan, case, rng)]
        else:
            shuffled.reverse()
        slots += [Slot(number, case, side) for case, side in shuffled]
    return slots


def _sides(plan: Plan, case: Case, rng: random.Random) -> list[str]:
    sides = plan.measured_by.get(case.id)
    return rng.sample(sides, len(sides)) if sides else [""]


def remaining(plan: Plan, record: Record) -> list[Slot]:
    """Return the slots that a record has not filled; cases that failed are not tried again."""
    done = {key: len(result.samples) for key, result in record.results.items()}
    return [slot for slot in order(plan) if slot.key not in record.failures and slot.round >= done.get(slot.key, 0)]


def run(
    slots: list[Slot], plan: Plan, launch: Launch, known_loops: Mapping[str, int | None], sides: Mapping[str, Side]
) -> Iterator[tuple[Slot, Result | Failure]]:
    """Make the visits and yield each slot with its outcome.

    A case that fails is not visited again by that side. The first visit of a case calibrates its loops for all later
    ones, and the last one is observed when all values are taken.

    Args:
        slots: in their order.
        plan: to which they belong.
        launch: makes a visit.
        known_loops: key of a result -> loops, of what was measured before.
        sides: who measures, by name; an empty one where nobody else does.
    """
    loops = dict(known_loops)
    failed: set[str] = set()
    for slot in slots:
        key = slot.key
        if key in failed:
            continue
        observe = slot.round == plan.effort.rounds - 1 and plan.effort.observe
        visit = Visit(slot.case, plan.effort, plan.affinity, loops.get(key), sides[slot.side], observe=observe)
        outcome = _of_side(launch(visit), slot.side)
        if isinstance(outcome, Failure):
            failed.add(key)
        else:
            loops.setdefault(key, outcome.loops)
        yield slot, outcome


def _of_side(outcome: Result | Failure, side: str) -> Result | Failure:
    if not side:
        return outcome
    outcome = replace(outcome, side=side)
    if isinstance(outcome, Failure):
        return outcome
    return outcome.with_metadata({"name": outcome.key, f"{PREFIX}side": side})
