"""From a plan to visits."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.case import Case
from bench.core.plan import Effort, Plan
from bench.core.record import Failure, Process, Record, Result
from bench.core.side import Side
from bench.core.visit import Visit
from bench.engine import schedule
from tests.support.launch import FakeLaunch


def plan(cases=5, rounds=6, seed=1):
    """Return a plan with cases m0, m1 and so on."""
    effort = Effort(rounds=rounds, values=1, warmups=0, min_time_s=0.1, timeout_s=1.0, seed=seed)
    return Plan(tuple(Case.of("f", f"m{number}", {}) for number in range(cases)), (), effort, (0, 3), {})


def rounds_of(slots):
    """Return the members of each round in the order in which they are visited."""
    rounds = {}
    for slot in slots:
        rounds.setdefault(slot.round, []).append(slot.case.member)
    return rounds


@given(st.integers(0, 8), st.integers(1, 7), st.integers())
def test_every_round_visits_every_case_once(cases, rounds, seed):
    """Interleaving is balanced: no case is visited twice before all others were visited."""
    made = plan(cases, rounds, seed)
    everyone = sorted(case.member for case in made.cases)
    slots = schedule.order(made)
    assert len(slots) == cases * rounds
    assert [slot.round for slot in slots] == sorted(slot.round for slot in slots)
    assert all(sorted(members) == everyone for members in rounds_of(slots).values())


@given(st.integers(2, 8), st.integers())
def test_every_second_round_is_the_reverse(cases, seed):
    """Round 1 goes through round 0 backwards and so on, so that slow drift meets all cases alike."""
    rounds = rounds_of(schedule.order(plan(cases, 4, seed)))
    assert rounds[1] == rounds[0][::-1]
    assert rounds[3] == rounds[2][::-1]


def test_the_seed_decides():
    """One seed gives one order for ever; over many seeds each case comes first about equally often."""
    assert schedule.order(plan(seed=7)) == schedule.order(plan(seed=7))
    firsts = [schedule.order(plan(cases=4, rounds=1, seed=seed))[0].case.member for seed in range(400)]
    assert all(60 <= firsts.count(member) <= 140 for member in ("m0", "m1", "m2", "m3"))  # 100 +- 4.6 sigma


def test_later_rounds_are_shuffled_anew():
    """Not only turned: the third round has an order of its own, so that each case's neighbours change."""
    orders = {tuple(members) for members in rounds_of(schedule.order(plan(cases=6, rounds=20))).values()}
    assert len(orders) > 10


def asked(launch, member):
    """Return the loops that each visit of a member was told."""
    return [visit.loops for visit in launch.visits if visit.case.member == member]


def failing(*members):
    """Return a launch with which these fail."""
    launch = FakeLaunch()
    launch.failures = dict.fromkeys(members, ("crashed", "on purpose"))
    return launch


def run(slots, made, launch, known=None):
    """Make the visits of a plan by a side that is told nothing."""
    return schedule.run(slots, made, launch, known or {}, {"": Side("one")})


def test_sides_visit_a_case_one_behind_the_other():
    """Every round has each case once by each of its sides, next to each other, and no side is always the first."""
    made = plan(cases=3, rounds=40)
    by = {"m0": ("a", "b"), "m1": ("a", "b"), "m2": ("b",)}
    made = replace(made, measured_by={case.id: by[case.member] for case in made.cases})
    slots = schedule.order(made)
    assert 40 * 5 == len(slots)
    firsts = []
    for number in range(40):
        own = [slot for slot in slots if slot.round == number]
        groups = [
            (member, [slot.side for slot in group]) for member, group in groupby(own, lambda one: one.case.member)
        ]
        assert {member: sorted(sides) for member, sides in groups} == {key: sorted(sides) for key, sides in by.items()}
        firsts += [sides[0] for member, sides in groups if member == "m0"]
    assert 5 < firsts.count("a") < 35


def test_each_side_calibrates_and_fails_for_itself():
    """Loops and failures of one side say nothing of another one, and outcomes tell whose they are."""
    made = plan(cases=1, rounds=3)
    made = replace(made, measured_by={case.id: ("a", "b") for case in made.cases})
    launch = FakeLaunch(loops=16)
    launch.failures = {"B": ("crashed", "on purpose")}
    sides = {"a": Side("A"), "b": Side("B")}
    outcomes = [outcome for _, outcome in schedule.run(schedule.order(made), made, launch, {}, sides)]
    assert [None, 16, 16] == [visit.loops for visit in launch.visits if visit.side.label == "A"]
    assert ["b"] == [outcome.side for outcome in outcomes if isinstance(outcome, Failure)]
    assert {f"{made.cases[0].id} side=a"} == {
        process.metadata["name"] for one in outcomes if isinstance(one, Result) for process in one.processes
    }


def test_outcomes_come_one_by_one():
    """Each visit is yielded with its outcome before the next one is made, so that it can be saved at once."""
    made, launch = plan(cases=2, rounds=1), FakeLaunch()
    running = run(schedule.order(made), made, launch)
    slot, outcome = next(running)
    assert len(launch.visits) == 1
    assert outcome.case is slot.case
    running.close()
    assert len(launch.visits) == 1


def test_a_visit_is_told_what_the_plan_says():
    """Effort and CPUs of the plan, and the side that is to measure."""
    made, launch = plan(cases=1, rounds=1), FakeLaunch()
    list(run(schedule.order(made), made, launch))
    assert [Visit(made.cases[0], made.effort, (0, 3), None, Side("one"))] == launch.visits


def test_the_first_visit_calibrates():
    """Later rounds are told the loops that the first one found out, or that a record already knows."""
    made, launch = plan(cases=2, rounds=3), FakeLaunch(loops=64)
    list(run(schedule.order(made), made, launch, {made.cases[1].id: 8}))
    assert asked(launch, "m0") == [None, 64, 64]
    assert asked(launch, "m1") == [8, 8, 8]


def test_a_failed_case_is_not_visited_again():
    """A case that failed is left alone for the rest of the run; the others go on."""
    made, launch = plan(cases=3, rounds=4), failing("m1")
    list(run(schedule.order(made), made, launch))
    assert {member: len(asked(launch, member)) for member in ("m0", "m1", "m2")} == {"m0": 4, "m1": 1, "m2": 4}


@given(st.integers(0, 30), st.sets(st.sampled_from(["m0", "m2"])))
def test_resuming_completes_exactly_what_is_missing(stop_after, names):
    """A run that was stopped after any visit and resumed makes the same visits as one that was not."""
    made = plan(cases=5, rounds=6)
    record = Record(made, None, "", "", {}, {})
    launch = failing(*names)
    for number, (_, outcome) in enumerate(run(schedule.order(made), made, launch)):
        if number == stop_after:
            break
        record = record.with_outcome(outcome)
    rest = schedule.remaining(made, record)
    assert rest == [slot for slot in schedule.order(made) if slot in rest]
    for _, outcome in run(rest, made, failing(*names)):
        record = record.with_outcome(outcome)
    assert schedule.remaining(made, record) == []
    assert set(record.failures) == {case.id for case in made.cases if case.member in names}
    assert all(len(result.samples) == 6 for result in record.results.values())
    assert len(record.results) + len(record.failures) == 5


@pytest.mark.parametrize("rounds", [2, 9])
def test_changed_rounds(rounds):
    """A record can be resumed with more rounds than it has; with fewer, nothing is missing."""
    made = plan(cases=1, rounds=rounds)
    result = Result(made.cases[0], tuple(Process((0.5,), (), {}) for _ in range(4)))
    record = Record(made, None, "", "", {result.case.id: result}, {})
    assert [slot.round for slot in schedule.remaining(made, record)] == list(range(4, rounds))
