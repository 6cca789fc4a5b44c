"""About how long a plan will take, told before anything runs: from the work of each case and what it costs.

The costs are rough and of another processor, so the answer tells seconds from minutes and minutes from hours, no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import families, jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case, Value
    from bench.core.job import Cost, Work
    from bench.core.plan import Plan

# What a visit takes beside its values: an interpreter, and the audit. Seen on two busy CPUs: 0.15 to 0.3 s.
_START_S = 0.25
_CREW_S = 0.05  # making and ending workers
_MESSAGE_S = 5e-5  # one item there and back: what a pool takes, within a factor of three for other ways
_CALIBRATION = 2  # tries that last long enough (see bench.engine.worker.protocol); shorter ones before add little
_MESSAGES_PER_WORKER = 4  # with the chunk size auto


def plan_s(plan: Plan, usable: int) -> float:
    """Return the expected seconds of a plan; a case that meets its deadline is visited once."""
    return sum(
        len(plan.measured_by.get(case.id, [""]))
        * (plan.effort.timeout_s if too_long(plan, case, usable) else _case_s(plan, case, usable))
        for case in plan.cases
    )


def too_long(plan: Plan, case: Case, usable: int) -> bool:
    """Whether a visit of the case will meet its deadline."""
    return _visit_s(plan, case, usable) > plan.effort.timeout_s


def _case_s(plan: Plan, case: Case, usable: int) -> float:
    # The first visit finds out how often a short body runs for one value, which warms up; the last observes one more.
    observed_s = plan.effort.observe * body_s(case, plan.work.get(case.id), usable)
    tries = _CALIBRATION - min(_CALIBRATION, plan.effort.warmups)
    bodies_s = tries * _value_s(plan, case, usable) + observed_s
    return plan.effort.rounds * _visit_s(plan, case, usable) + bodies_s


def _visit_s(plan: Plan, case: Case, usable: int) -> float:
    values = plan.effort.values + plan.effort.warmups
    cost = _cost(case, _sharing(case))
    return _START_S + values * _value_s(plan, case, usable) + (cost.check_s if cost else 0.0)


def _value_s(plan: Plan, case: Case, usable: int) -> float:
    return max(plan.effort.min_time_s, body_s(case, plan.work.get(case.id), usable))


def body_s(case: Case, work: Work | None, usable: int) -> float:
    """Return about how long one body takes: its work shared by the workers that can run, and its messages."""
    params, sharing = dict(case.params), _sharing(case)
    crew_s = 0.0 if params.get("phase") == "map" else _CREW_S
    cost = _cost(case, sharing)
    if work is None or cost is None:
        return crew_s
    messages = _messages(params, work.size, _number(params, "workers", 1))
    return crew_s + cost.work_s / min(sharing, usable) + messages * _MESSAGE_S


def _sharing(case: Case) -> int:
    """Return how many workers share the work of a case; none where nothing is distributed."""
    shared_by = families.load(case.family).shared_by
    return shared_by(case.member, dict(case.params)) if shared_by else 0


def _cost(case: Case, sharing: int) -> Cost | None:
    kind = jobs.of(dict(case.params)) if sharing else None
    return kind.cost(dict(case.params), sharing) if kind else None


def _messages(params: Mapping[str, Value], units: int, workers: int) -> int:
    """Return how many messages go out; what an interface does by itself is one unit each, at worst."""
    few = min(units, _MESSAGES_PER_WORKER * workers)
    each = _number(params, "chunksize", 1 if params.get("chunksize") == "api" else 0)
    return -(-units // each) if each else few


def _number(params: Mapping[str, Value], axis: str, otherwise: int) -> int:
    value = params.get(axis)
    return value if isinstance(value, int) else otherwise
