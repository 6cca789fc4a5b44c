"""Cases of which this Python lacks something, taken into a plan because another one has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.core import families, jobs
from bench.core.case import Case
from bench.core.family import Unfit
from bench.core.plan import work_of
from bench.core.reference import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.family import Family
    from bench.core.plan import Plan


def fit(chosen: Case) -> Case:
    """Return the case that a point is here, with the params that its member really has.

    Raises:
        Missing, Unfit: it cannot be measured here, or makes no sense.
        BrokenPlugin, UsageError: nor can anything be said of it.
    """
    family, params = families.load(chosen.family), dict(chosen.params)
    kind = jobs.of(params) if family.shared_by else None
    return Case.of(family.name, chosen.member, family.fit(chosen.member, params, **({"job": kind} if kind else {})))


def adopt(plan: Plan, fitted: Mapping[Case, Case]) -> Plan:
    """Return the plan with further cases behind its own, each measured against what it would be against if drawn here.

    Args:
        plan: what can be measured here.
        fitted: a point as it was chosen -> the case that it is where nothing lacks.
    """
    cases = {case.id: case for case in plan.cases} | {case.id: case for case in fitted.values()}
    work, references = dict(plan.work), dict(plan.references)
    for chosen, case in fitted.items():
        family = families.load(case.family)
        kind = jobs.of(dict(case.params)) if family.shared_by else None
        if kind and (amount := work_of(family, case, kind)):
            work[case.id] = amount
        told = {role: _reference(family, role, chosen, fitted) for role in family.references}
        references[case.id] = {role: key for role, key in told.items() if key in cases}
    return replace(plan, cases=tuple(cases.values()), references=references, work=work)


def _reference(family: Family, role: Role, chosen: Case, fitted: Mapping[Case, Case]) -> str:
    """Return the id of what plays a role for a point; empty where it makes no sense, or nobody has it."""
    member = family.references[role]
    params = dict(chosen.params) | dict(family.limited_by(chosen.member) if role is Role.LIMIT else {})
    same = Case.of(family.name, member, params)
    if same in fitted:
        return fitted[same].id
    try:
        return fit(same).id
    except Unfit:
        return ""
