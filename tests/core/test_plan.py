"""Drawing the cases of a plan from members and axis values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.case import NONE, Case
from bench.core.errors import UsageError
from bench.core.family import Axis, Family, Missing, Unfit
from bench.core.plan import EFFORTS, Plan, draw, merge
from bench.core.reference import Role


def axis(name, default):
    """Return an axis of numbers."""
    return Axis(name, f"{name}.", lambda: default, lambda text: (int(text),), "N")


def fit(member, params):
    """The loop knows no workers; the broken one is missing; three workers are refused; speed 99 is wrong usage."""
    if params["speed"] == 99:
        raise UsageError("99 is too fast.")
    if member == "broken":
        raise Missing("there is no libfoo here.")
    if params["workers"] == 3 and member == "pool":
        raise Unfit("three is a crowd.")
    return {**params, "workers": NONE} if member == "loop" else dict(params)


FAMILY = Family(
    name="races",
    noun="racer",
    summary="for tests",
    axes=(axis("workers", 2), axis("speed", 1)),
    fit=fit,
    prepare=None,
    missing=lambda _member: None,
    references={Role.BASELINE: "loop"},
)


def case(member, **params):
    """Return a case of the family above."""
    return Case.of("races", member, params)


def test_defaults_and_references():
    """An axis that nobody chose has its default, and the reference member joins in front."""
    drawing = draw(FAMILY, ["pool"], {})
    assert drawing.cases == (case("loop", workers=NONE, speed=1), case("pool", workers=2, speed=1))
    assert drawing.skips == ()


def test_a_limit_of_its_own():
    """What runs elsewhere is measured against the limit there, and the other limit is left out if nobody needs it."""
    elsewhere = replace(
        FAMILY,
        references={Role.BASELINE: "loop", Role.LIMIT: "top"},
        limited_by=lambda member: {"speed": 7} if member == "far" else {},
    )
    here, there = case("top", workers=2, speed=1), case("top", workers=2, speed=7)
    drawing = draw(elsewhere, ["far", "near"], {})
    assert {here, there} < set(drawing.cases)
    limits = {found.member: drawing.references[found.id].get(Role.LIMIT) for found in drawing.cases if found != there}
    assert {"loop": here.id, "top": here.id, "far": there.id, "near": here.id} == limits
    assert there.id == drawing.references[there.id][Role.LIMIT]
    alone = draw(elsewhere, ["far"], {})
    assert ["loop", "top", "far"] == [found.member for found in alone.cases] and there in alone.cases
    assert Role.LIMIT not in alone.references[alone.cases[0].id]


def test_every_combination():
    """Every member meets every value on every axis; what means the same is one case."""
    drawing = draw(FAMILY, ["pool", "loop"], {"workers": [1, 2], "speed": [1, 5]})
    loops = [case("loop", workers=NONE, speed=speed) for speed in (1, 5)]
    pools = [case("pool", workers=workers, speed=speed) for workers in (1, 2) for speed in (1, 5)]
    assert drawing.cases == (*loops, *pools)


def test_references_share_the_other_axes():
    """Each case is measured against the reference with the same value on every axis that the reference has."""
    drawing = draw(FAMILY, ["pool"], {"workers": [1, 2], "speed": [1, 5]})
    for workers in (1, 2):
        for speed in (1, 5):
            key = case("pool", workers=workers, speed=speed).id
            assert drawing.references[key] == {Role.BASELINE: case("loop", workers=NONE, speed=speed).id}


def test_what_plays_a_role_plays_it_for_itself():
    """A reference is known by its role, and is its own reference; what is measured against it has no role."""
    drawing = draw(FAMILY, ["pool"], {})
    plan = Plan.of(drawing, EFFORTS["fast"], (0,))
    loop, pool = (found.id for found in drawing.cases)
    assert {loop: Role.BASELINE} == plan.roles
    assert [loop, loop, ""] == [
        plan.reference(*asked) for asked in ((pool, "baseline"), (loop, "baseline"), (pool, "limit"))
    ]


def test_what_makes_no_sense_is_skipped_with_its_reason():
    """An unfit combination becomes a skip, a member that cannot run here a missing one, each reason once."""
    drawing = draw(FAMILY, ["pool", "broken"], {"workers": [2, 3], "speed": [1, 5]})
    skips = [(skip.case.member, skip.kind, skip.reason) for skip in drawing.skips]
    assert skips == [("pool", "skipped", "three is a crowd."), ("broken", "missing", "there is no libfoo here.")]
    assert all(case.member != "broken" for case in drawing.cases)


def test_wrong_usage_is_not_skipped():
    """A value that is wrong for every member ends the drawing as wrong usage."""
    with pytest.raises(UsageError, match="99 is too fast"):
        draw(FAMILY, ["pool"], {"speed": [99]})


def test_merging_keeps_each_case_once():
    """Drawings behind each other keep their order; a case that occurs twice stays where it came first."""
    one = draw(FAMILY, ["pool"], {"speed": [1]})
    two = draw(FAMILY, ["pool", "broken"], {"speed": [5, 1]})
    merged = merge([one, two, two])
    assert list(merged.cases) == list(dict.fromkeys([*one.cases, *two.cases]))
    assert merged.skips == two.skips
    assert set(merged.references) == {case.id for case in merged.cases}


@pytest.mark.parametrize("field", ["rounds", "values", "min_time_s", "timeout_s"])
def test_more_effort_is_never_less(field):
    """From fast over normal to rigorous no figure gets smaller."""
    fast, normal, rigorous = (getattr(EFFORTS[name], field) for name in ("fast", "normal", "rigorous"))
    assert fast <= normal <= rigorous
