"""Measure a case by several sides at the same time, so that they take turns value by value."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bench.core import families
from bench.core.errors import reason
from bench.core.record import Failure, Result
from bench.core.source import digest
from bench.core.stamps import OTHERS, TURNS
from bench.engine import background_load, description, round_robin
from bench.engine.launch import attend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.core.visit import Visit


def measure(visits: Mapping[str, Visit]) -> Iterator[tuple[str, Result | Failure]]:
    """Make these visits together, and yield the name of each with its outcome; none for one that another broke off.

    Results tell whether all took turns, and how busy others kept the CPUs meanwhile.
    """
    made = {name: _prepared(visit, len(visits)) for name, visit in visits.items()}
    first = next(iter(visits))
    cpus = visits[first].cpus
    before = background_load.look(cpus)
    try:
        found = round_robin.run(
            [partial(attend, visit, in_turns=True) for visit in made.values()], visits[first].effort.timeout_s
        )
    except OSError as error:  # no file descriptor or process left, a full disk
        why = f"the measuring processes cannot be started: {reason(error)}"
        yield first, Failure(visits[first].case, "crashed", why)
        return
    others = background_load.others_cpus(before, background_load.look(cpus))
    for index, ((name, visit), outcome) in enumerate(zip(made.items(), found.outcomes, strict=True)):
        if index in found.broken:
            yield name, Failure(visit.case, *found.broken[index])
        elif isinstance(outcome, Failure):
            yield name, outcome
        elif outcome is not None:
            description.remember(visit.side.python, visit.cpus, outcome.processes)
            yield name, outcome.with_metadata({OTHERS: others, TURNS: int(found.in_turns)})


def _prepared(visit: Visit, number: int) -> Visit:
    """Return one of so many visits, with the deadline and the CPUs that it needs among them."""
    digest(visit.side.source)  # here, where it is remembered
    # Each needs as long as it would alone, and waits for all others meanwhile.
    effort = replace(visit.effort, timeout_s=visit.effort.timeout_s * number)
    return replace(visit, effort=effort, cpus=_cpus(visit))


def _cpus(visit: Visit) -> tuple[int, ...]:
    """Return one CPU for a case that keeps one busy: else each side would stay on one of its own, faster or slower."""
    case = visit.case
    return visit.cpus[:1] if families.load(case.family).on_one_cpu(case.member, dict(case.params)) else visit.cpus
