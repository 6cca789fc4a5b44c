"""From a record to where the time went: what each case is held against, and what one message of it holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.core import catalog
from bench.core.job import Work
from bench.core.reference import Role
from bench.families.backends import _backend
from bench.samples.explained import explained
from bench.store import record_file
from tests.support.observations import back_to_back, observation
from tests.support.records import backend, record

RESULTS = Path(__file__).parents[2] / "results"
SERIAL, CEILING = backend("serial"), backend("ceiling", 4)


def one(case, body, work=None, loop=None):
    """Return a case explained, beside the serial loop where its body is given."""
    made = record({SERIAL: 1.0, case: 1.0})
    references = {case.id: {Role.BASELINE: SERIAL.id, Role.LIMIT: CEILING.id}}
    amounts = {case.id: work, SERIAL.id: Work("w", 100, "number", 1)} if work else {}
    bodies = {case.id: body} | ({SERIAL.id: loop} if loop else {})
    found, _ = explained(
        replace(made, plan=replace(made.plan, references=references, work=amounts), observations=bodies)
    )
    return next(each for each in found if each.case == case)


LOOP = observation([(0, 1.0)])


def test_every_copy_of_the_ceiling_does_all_of_the_loop_s_work():
    """Four copies of a job that takes 1 CPU second alone, 1.25 s each: computation 4 x 1 / (4 x 1.25)."""
    body = observation(*[[(0, 1.25)]] * 4)
    assert 0.8 == pytest.approx(one(CEILING, body, Work("w", 100, "number", 1), LOOP).factors.computation)


def test_work_that_grows_with_the_workers_is_held_against_as_much_of_the_loop_s():
    """Twice the loop's numbers in 2 x 1 CPU seconds: nothing became slower."""
    body = observation([(0, 1)], [(0, 1)])
    assert 1.0 == pytest.approx(one(backend("pool", 2), body, Work("w", 200, "number", 8, 2), LOOP).factors.computation)


def test_without_the_loop_s_body_nothing_is_said_of_it():
    """Computation then tells running from not running: 0.5 of 1 s."""
    body = observation([(0, 1, 0.5)])
    assert 0.5 == pytest.approx(one(backend("pool", 1), body, Work("w", 100, "number", 1)).factors.computation)


@pytest.mark.parametrize(
    ("chunksize", "numbers", "seen", "chunk"),
    [
        (10, 100, 10, 10),  # a message has as many as the case says
        (10, 100, 2, 10),  # as workers that claim them do, who unpickle the task once each
        (10, 100, 0, 10),  # a backend that hides its messages
        ("api", 100, 20, 5),  # nobody but the interface knows
        ("api", 100, 0, 1),
        (50, 5000, 0, 1),  # items that are chunks of 50 numbers travel by themselves
    ],
)
def test_what_a_message_holds(chunksize, numbers, seen, chunk):
    """100 items of 1 us, 9 us apart."""
    body = observation(back_to_back(0, [1e-6] * 100, gap=9e-6))
    body = replace(body, totals=(replace(body.totals[0], messages=seen),))
    case = backend("pool", 1, chunksize=chunksize)
    assert chunk == one(case, body, Work("w", numbers, "number", 100)).worst.figures["chunk"]


def test_the_committed_record_explains_every_backend_of_the_standard_library():
    """In bodies of 0.1 s and more at most 10 % of the workers' time is unexplained, in either direction."""
    made = record_file.load(RESULTS / "all-backends-2cpu.json")
    found, why = explained(made)
    long = [one.made.parts for one in found if one.made.wall_s >= 0.1]
    names = [one.case.member for one in found if one.made.wall_s >= 0.1]
    shares = {name: parts.unexplained / parts.whole for name, parts in zip(names, long, strict=True)}
    skipped = {skip.case.member for skip in made.plan.skips}
    assert not why
    assert set(catalog.select(_backend.PACKAGE, ("all",), "", "")) == shares.keys() | skipped
    assert {} == {member: share for member, share in shares.items() if abs(share) > 0.1}
