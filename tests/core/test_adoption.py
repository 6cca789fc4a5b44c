"""Cases that only another Python can measure, taken into a plan."""

from __future__ import annotations

from dataclasses import replace

from bench.core import jobs
from bench.core.adoption import adopt, fit
from bench.core.case import Case
from bench.core.plan import EFFORTS, Plan, draw
from bench.core.reference import Role
from bench.families.backends._family import FAMILY

JOB = jobs.load("primes")
PARAMS = {axis.name: axis.default() for axis in (*FAMILY.axes, *JOB.axes)} | {"workers": 2, "start": "spawn"}


def drawn(*members):
    """Return the plan of these members and the points that lack something, as this Python draws them."""
    drawing = draw(FAMILY, members, {"workers": (2,), "start": ("spawn",)}, JOB)
    return Plan.of(drawing, EFFORTS["fast"], (0, 1)), drawing.missing


def test_an_adopted_case_is_as_if_it_had_been_drawn_here():
    """The same cases, references and work as of a plan in whose Python nothing lacks."""
    whole, nothing = drawn("pool", "executor")
    point = Case.of("backends", "executor", PARAMS)
    plan, _ = drawn("pool")
    found = adopt(plan, {point: fit(point)})
    assert ((), whole) == (nothing, found)
    assert {Role.BASELINE, Role.LIMIT} == found.references[fit(point).id].keys()


def test_references_are_adopted_with_what_needs_them():
    """Where a kernel lacks here, the loop lacks as well, and is what the others are measured against."""
    plan, _ = drawn("pool")
    members = ("serial", "ceiling", "pool")
    points = {Case.of("backends", member, PARAMS): case for member, case in zip(members, plan.cases, strict=True)}
    assert plan == adopt(replace(plan, cases=(), references={}, work={}), points)
