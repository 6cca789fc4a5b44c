"""Where the time of an observed body went: synthetic spans, truths computed by hand."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.decomposition import PARTS, decompose
from bench.analysis.errors import BadSample
from tests.support.observations import back_to_back, observation


def parts(found):
    """Return part -> worker seconds, of those that are not zero."""
    made = decompose(found).parts
    return {name: seconds for name, seconds in zip(PARTS, astuple(made), strict=True) if abs(seconds) > 1e-12}


def test_even_work_is_all_useful():
    """Two workers, each busy from call to answer: 2 s of wall are 4 worker seconds of useful work and nothing else."""
    assert {"useful": 4.0} == parts(observation([(0, 2)], [(0, 1), (1, 2)]))


def test_one_huge_item_is_waiting_of_the_other():
    """An item of 0.8 s beside 20 of 10 ms: the other worker is done after 0.2 s and waits 0.6 s."""
    found = parts(observation([(0, 0.8)], back_to_back(0, [0.01] * 20)))
    assert {"useful": 1.0, "waiting": 0.6} == pytest.approx(found)


def test_tiny_items_are_between():
    """1,000 items of 1 us per worker, 29 us apart, and 1 ms until the answer is there: 2 x (29 + 1) ms between."""
    spans = back_to_back(0, [1e-6] * 1000, gap=29e-6)
    found = parts(observation(spans, spans, answered=0.031))
    assert {"useful": 2e-3, "between": 60e-3} == pytest.approx(found)


def test_slow_set_up_is_startup():
    """Workers that can work after 0.5 and 0.7 s, items of 0.3 s from then on, ended 0.1 s after the answer at 1.0 s.

    Start-up 0.5 + 0.7, useful 0.6, waiting of the first 0.2, tear-down 2 x 0.1: 2.2 s.
    """
    told = {"whole": True, "begun": 0.0, "ready": 0.4, "gone": 1.1}
    found = observation([(0.5, 0.8)], [(0.7, 1.0)], called=0.4, able=(0.5, 0.7), **told)
    truth = {"startup": 1.2, "useful": 0.6, "waiting": 0.2, "teardown": 0.2}
    assert truth == pytest.approx(parts(found))
    assert 1.1 == pytest.approx(decompose(found).wall_s)


def test_making_is_not_counted_where_it_is_not_timed():
    """Of a body that only calls, what came before the call and after the answer is nobody's time."""
    found = observation([(5, 6)], called=5, begun=1.0, ready=4.0, gone=9.0)
    assert {"useful": 1.0} == parts(found)


def test_a_worker_that_waits_for_the_call_is_still_starting():
    """Ready after 0.1 s, called after 0.4 s because the parent is still making others, first item after 0.5 s."""
    told = {"whole": True, "begun": 0.0, "ready": 0.4, "gone": 1.0}
    found = observation([(0.5, 1.0)], called=0.4, able=[0.1], **told)
    assert {"startup": 0.4, "between": 0.1, "useful": 0.5} == pytest.approx(parts(found))


def test_stolen_and_blocked_are_told_apart():
    """Of an item of 1 s, 0.5 s CPU and 0.2 s run delay: 0.3 s it neither ran nor was ready to."""
    found = parts(observation([(0, 1, 0.5, 0.2)]))
    assert {"useful": 0.5, "stolen": 0.2, "blocked": 0.3} == pytest.approx(found)


def test_threads_under_the_interpreter_lock_are_blocked():
    """Two threads that take turns with one lock: each is inside for 2 s and runs for half of it."""
    found = parts(observation([(0, 2, 1.0)], [(0, 2, 1.0)]))
    assert {"useful": 2.0, "blocked": 2.0} == pytest.approx(found)


def test_a_worker_without_items_waits():
    """Three workers for two items of 1 s: the third waits for 1 s, and all of them 0.5 s for the last answer."""
    found = parts(observation([(0, 1)], [(0, 1)], [], answered=1.5))
    assert {"useful": 2.0, "waiting": 1.0, "between": 1.5} == pytest.approx(found)


def test_time_of_a_killed_worker_is_unexplained():
    """The second that another worker's spans bound is neither waiting nor work, whether counted or missed."""
    found = parts(observation([(0, 1)], [], lost=3))
    assert found == parts(observation([(0, 1)], [], lost=None, items=4))
    assert {"useful": 1.0, "unexplained": 1.0} == pytest.approx(found)


def test_more_cpu_time_than_wall_time_is_negative_unexplained():
    """Clocks that disagree by 0.1 s inside an item are shown, and nothing else is bent to hide it."""
    found = parts(observation([(0, 1, 1.1)]))
    assert {"useful": 1.1, "unexplained": -0.1} == pytest.approx(found)


def test_sampled_spans_change_nothing():
    """The parts come from each worker's totals: with one span in ten kept they are the same."""
    whole = observation(back_to_back(0, [0.01] * 100), back_to_back(0, [0.005] * 100))
    assert parts(whole) == parts(replace(whole, spans=whole.spans[::10], rate=0.1))


def test_replaced_workers_share_a_place():
    """Two places, four lives: the gap of 0.1 s between two lives in a place is start-up of the second one."""
    early, late = [(0, 0.4)], [(0.5, 1.0)]
    found = parts(observation(early, early, late, late, able=(0, 0, 0.5, 0.5), workers=2))
    assert {"useful": 1.8, "startup": 0.2} == pytest.approx(found)


def test_stamps_out_of_order_are_refused():
    """An answer before the call, and no worker at all, are no observation."""
    with pytest.raises(BadSample):
        decompose(observation([(0, 1)], called=2.0, answered=1.0))
    with pytest.raises(BadSample):
        decompose(observation([(0, 1)], workers=0))


moments = st.floats(0.0, 1.0)
spans_of = st.lists(st.tuples(moments, moments, moments, moments), min_size=1, max_size=5)


@given(st.lists(spans_of, min_size=1, max_size=4), st.floats(0.1, 3.0), st.booleans())
def test_parts_always_add_up(drawn, answered, whole):
    """Whatever the stamps, the sum of the parts is wall time x workers, and only unexplained is ever negative."""
    spans = [[(min(a, b), max(a, b), cpu, delay) for a, b, cpu, delay in own] for own in drawn]
    found = observation(*spans, answered=answered, whole=whole, begun=-0.5, gone=answered + 0.25)
    made = decompose(found)
    assert (answered + 0.75 if whole else answered) * len(drawn) == pytest.approx(made.parts.whole)
    assert all(seconds >= 0 for seconds in astuple(made.parts)[:-1])
