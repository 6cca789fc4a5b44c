"""From a plan to visits: rounds that visit every case once, in seeded order, reversed every second round.

Slow drift of the machine then meets all cases alike, and each case's neighbours change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.core.record import Failure, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.core.case import Case
    from bench.core.plan import Effort, Plan
    from bench.core.record import Record

    Launch = Callable[[Case, Effort, tuple[int, ...], int | None], Result | Failure]


@dataclass(frozen=True, slots=True)
class Visit:
    """A case in a round; rounds count from 0."""

    round: int
    case: Case


def order(plan: Plan) -> list[Visit]:
    """Return all visits of a plan in the order in which they are made."""
    dice = random.Random(plan.effort.seed)  # an order, not a secret
    visits: list[Visit] = []
    shuffled: list[Case] = []
    for number in range(plan.effort.rounds):
        if number % 2 == 0:
            shuffled = list(plan.cases)
            dice.shuffle(shuffled)
        else:
            shuffled.reverse()
        visits += [Visit(number, case) for case in shuffled]
    return visits


def remaining(plan: Plan, record: Record) -> list[Visit]:
    """Return the visits that a record lacks; cases that failed are not tried again."""
    done = {key: len(result.samples) for key, result in record.results.items()}
    return [
        visit
        for visit in order(plan)
        if visit.case.id not in record.failures and visit.round >= done.get(visit.case.id, 0)
    ]


def run(
    visits: list[Visit], plan: Plan, launch: Launch, known_loops: Mapping[str, int | None]
) -> Iterator[tuple[Visit, Result | Failure]]:
    """Make the visits and yield each with its outcome.

    A case that fails is not visited again. The first visit of a case calibrates its loops for all later ones.
    """
    loops = dict(known_loops)
    failed: set[str] = set()
    for visit in visits:
        key = visit.case.id
        if key in failed:
            continue
        outcome = launch(visit.case, plan.effort, plan.affinity, loops.get(key))
        if isinstance(outcome, Failure):
            failed.add(key)
        else:
            loops.setdefault(key, outcome.loops)
        yield visit, outcome
