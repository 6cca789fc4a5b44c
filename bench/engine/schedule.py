"""Turn a plan into visits: rounds that visit every case once, in seeded order, reversed every second round.

Slow drift of the machine then meets all cases alike, and each case's neighbours change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.core.record import Failure
from bench.core.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.core.case import Case
    from bench.core.plan import Plan
    from bench.core.record import Record, Result
    from bench.core.side import Side

    Launch = Callable[[Visit], Result | Failure]


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a visit in the order of a run: a case in a round; rounds count from 0."""

    round: int
    case: Case


def order(plan: Plan) -> list[Slot]:
    """Return where all visits of a plan stand, in the order in which they are made."""
    rng = random.Random(plan.effort.seed)  # an order, not a secret
    slots: list[Slot] = []
    shuffled: list[Case] = []
    for number in range(plan.effort.rounds):
        if number % 2 == 0:
            shuffled = list(plan.cases)
            rng.shuffle(shuffled)
        else:
            shuffled.reverse()
        slots += [Slot(number, case) for case in shuffled]
    return slots


def remaining(plan: Plan, record: Record) -> list[Slot]:
    """Return the slots that a record has not filled; cases that failed are not tried again."""
    done = {key: len(result.samples) for key, result in record.results.items()}
    return [
        slot for slot in order(plan) if slot.case.id not in record.failures and slot.round >= done.get(slot.case.id, 0)
    ]


def run(
    slots: list[Slot], plan: Plan, launch: Launch, known_loops: Mapping[str, int | None], side: Side
) -> Iterator[tuple[Slot, Result | Failure]]:
    """Make the visits and yield each slot with its outcome.

    A case that fails is not visited again. The first visit of a case calibrates its loops for all later ones, and the
    last one is observed when all values are taken.
    """
    loops = dict(known_loops)
    failed: set[str] = set()
    for slot in slots:
        key = slot.case.id
        if key in failed:
            continue
        last = slot.round == plan.effort.rounds - 1
        outcome = launch(
            Visit(slot.case, plan.effort, plan.affinity, loops.get(key), side, observe=last and plan.effort.observe)
        )
        if isinstance(outcome, Failure):
            failed.add(key)
        else:
            loops.setdefault(key, outcome.loops)
        yield slot, outcome
