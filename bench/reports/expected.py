"""About how long a plan will take, told before anything runs: from the numbers to search and what they cost.

The costs are rough and of another processor, so the answer tells seconds from minutes and minutes from hours, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.case import NONE
from primes import cost, truth, workload

if TYPE_CHECKING:
    from bench.core.case import Case, Value
    from bench.core.plan import Effort, Plan

# What a visit takes beside its values: an interpreter, and the audit. Seen on two busy CPUs: 0.15 to 0.3 s.
_START_S = 0.25
_CHECK_S = 4e-9  # of each number in a sieve of one byte per number
_CREW_S = 0.05  # making and ending workers
_MESSAGE_S = 5e-5  # one item there and back: what a pool takes, within a factor of three for other ways
_MESSAGES_PER_WORKER = 4  # with the chunk size auto


def plan_s(plan: Plan, usable: int) -> float:
    """Return the expected seconds of a plan; a case that meets its deadline is visited once."""
    return sum(
        plan.effort.timeout_s if too_long(case, plan.effort, usable) else _case_s(case, plan.effort, usable)
        for case in plan.cases
    )


def too_long(case: Case, effort: Effort, usable: int) -> bool:
    """Whether a visit of the case will meet its deadline."""
    return _visit_s(case, effort, usable) > effort.timeout_s


def _case_s(case: Case, effort: Effort, usable: int) -> float:
    # The first visit finds out how often a short body has to run for one value.
    return effort.rounds * _visit_s(case, effort, usable) + _value_s(case, effort, usable)


def _visit_s(case: Case, effort: Effort, usable: int) -> float:
    values_s = (effort.values + effort.warmups) * _value_s(case, effort, usable)
    return _START_S + values_s + _check_s(dict(case.params))


def _check_s(params: dict[str, Value]) -> float:
    """Return about how long it takes to know the right answer, which each visit finds out for itself."""
    if params.get("workload", NONE) == NONE:
        return 0.0
    searched = workload.load(str(params["workload"]), _number(params, "workers", 1))
    if params.get("answer") == "count" and truth.is_published(searched.lo, searched.hi):
        return 0.0
    return len(searched) * _CHECK_S


def _value_s(case: Case, effort: Effort, usable: int) -> float:
    return max(effort.min_time_s, body_s(dict(case.params), usable))


def body_s(params: dict[str, Value], usable: int) -> float:
    """Return about how long one body takes: its kernel's work shared by the workers that can run, and its messages."""
    crew_s = 0.0 if params.get("phase") == "map" else _CREW_S
    if params.get("workload", NONE) == NONE:
        return crew_s
    workers = _number(params, "workers", 1)
    searched = workload.load(str(params["workload"]), workers)
    work_s = cost.about(str(params["kernel"]), searched.lo, searched.hi)
    return crew_s + work_s / min(workers, usable) + _messages(params, len(searched), workers) * _MESSAGE_S


def _messages(params: dict[str, Value], numbers: int, workers: int) -> int:
    """Return how many messages go out; what an interface does by itself is one number each, at worst."""
    few = min(numbers, _MESSAGES_PER_WORKER * workers)
    each = _number(params, "chunksize", 1 if params.get("chunksize") == "api" else 0)
    return -(-numbers // each) if each else few


def _number(params: dict[str, Value], axis: str, otherwise: int) -> int:
    value = params.get(axis)
    return value if isinstance(value, int) else otherwise
