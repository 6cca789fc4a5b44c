"""What the machine can give: the sum of the copies' rates."""

from __future__ import annotations

import multiprocessing
from functools import partial

import pytest

from bench.contract.backend import Crew
from bench.core.errors import WrongAnswer
from bench.core.job import Job
from bench.families.backends import _family, ceiling


def trial(seconds, results=((0,), (0,))):
    """Return a trial of two copies that need so many seconds a job, whatever they do, and the right answer is 0."""

    def mapper(task, items, chunksize):
        return [(own * len(items), [list(answer)] * len(items)) for own, answer in zip(seconds, results, strict=True)]

    def right(answers):
        return None if answers == [0] else "not 0"

    job = Job(task=abs, items=[0], chunksize=1, check=right, warm=lambda: None)
    return _family._of_copies(mapper, job, partial(_family._check_copies, "ceiling", job, 2), 2)


@pytest.mark.parametrize(("seconds", "each"), [((1.0, 1.0), 0.5), ((1.0, 3.0), 0.75), ((1.0, 1e9), 1.0)])
def test_rates_are_added(seconds, each):
    """One job a second and one in three seconds are 4/3 jobs a second, so 0.75 s a job; a CPU that stands adds nothing.

    The slowest copy alone would have given 1.5 s a job. A time is per operation, and each copy is one.
    """
    made = trial(seconds)
    for loops in (1, 7):
        total, answers = made.runs(loops)
        assert each == pytest.approx(total / (loops * made.operations))
        assert loops == len(answers)


def test_facts_tell_how_it_was_made_and_how_unlike_the_cpus_were():
    """Records tell this ceiling from older ones, and that one copy took three times as long."""
    made = trial((1.0, 3.0))
    made.runs(1)
    assert {"ceiling_adds_rates": 1, "ceiling_apart": 3.0} == made.facts()


def test_every_copy_of_every_time_is_checked():
    """A copy that answers wrongly is found, in whichever copy it is."""
    _, answers = trial((1.0, 1.0), results=((0,), (1,))).runs(3)
    for answer in answers:
        with pytest.raises(WrongAnswer):
            trial((1.0, 1.0)).check(answer)


def test_copies_keep_a_clock_of_their_own():
    """Real copies: each answers with the seconds it took, which are above zero, and all of its results in order."""
    crew = Crew(workers=2, start="fork") if "fork" in multiprocessing.get_all_start_methods() else Crew(workers=2)
    with ceiling.open_mapper(crew) as mapper:
        copies = mapper(abs, [-1, -2, 3], 1)
    assert [[1, 2, 3], [1, 2, 3]] == [results for _, results in copies]
    assert all(seconds > 0 for seconds, _ in copies)


def test_the_clock_takes_the_time_that_the_trial_keeps():
    """Where a trial does its runs by itself, their seconds count, and each answer is checked."""
    from bench.core.family import Trial
    from bench.engine.worker.clock import _timer

    checked = []
    made = Trial(lambda: None, checked.append, runs=lambda loops: (0.25 * loops, list(range(loops))))
    assert 1.0 == _timer(made, None)(4)
    assert [0, 1, 2, 3] == checked
