"""The factors of an observed body."""

from __future__ import annotations

import pytest

from bench.analysis.decomposition import decompose
from bench.analysis.errors import BadSample
from bench.analysis.pop import factors
from tests.support.observations import back_to_back, observation


def found_in(*args, alone_s=None, **told):
    """Return the factors of an observation."""
    return factors(decompose(observation(*args, **told)), alone_s)


def test_load_balance_of_one_huge_item():
    """Useful 0.8 and 0.2 s: average over maximum is 0.5 / 0.8 = 0.625, and nothing else is lost."""
    found = found_in([(0, 0.8)], back_to_back(0, [0.01] * 20))
    assert (1.0, 0.625, 1.0, 1.0) == pytest.approx(
        (found.startup, found.load_balance, found.communication, found.computation)
    )
    assert 0.625 == pytest.approx(found.efficiency)


def test_communication_is_what_the_busiest_worker_lacks():
    """1 us of work, 29 us of message: 1 / 30; with free messages it would all be work, so it is all transfer."""
    spans = back_to_back(0, [1e-6] * 100, gap=29e-6)
    found = found_in(spans, spans)
    assert (1 / 30, 1 / 30, 1.0) == pytest.approx((found.communication, found.transfer, found.serialisation))


def test_startup_is_the_average_share():
    """Of 1 s, workers are there from 0.2 and 0.4 s on until 0.9 s: (0.7 + 0.5) / 2; both work all the while."""
    told = {"whole": True, "begun": 0.0, "ready": 0.2, "gone": 1.0}
    found = found_in([(0.2, 0.9)], [(0.4, 0.9)], called=0.2, answered=0.9, able=(0.2, 0.4), **told)
    assert (0.6, 1.0, 1.0, 0.6) == pytest.approx(
        (found.startup, found.load_balance, found.communication, found.efficiency)
    )


def test_a_late_worker_is_waited_for_even_if_messages_were_free():
    """The busiest has 0.8 of 1 s; the other comes at 0.6 s with 0.3 s of work. W0 is 0.9 s: 0.8 / 0.9 and 0.9 / 1."""
    told = {"whole": True, "begun": 0.0, "ready": 0.0, "gone": 1.0}
    found = found_in([(0, 0.4), (0.6, 1.0)], [(0.6, 0.9)], answered=1.0, able=(0.0, 0.6), **told)
    assert (0.8, 0.8 / 0.9, 0.9) == pytest.approx((found.communication, found.serialisation, found.transfer))


def test_threads_under_the_interpreter_lock_compute_half_of_the_time():
    """Inside for 2 s each, running for 1 s each: balanced, without messages, and computation 0.5."""
    found = found_in([(0, 2, 1.0)], [(0, 2, 1.0)])
    assert (1.0, 1.0, 0.5) == pytest.approx((found.load_balance, found.communication, found.computation))


def test_computation_is_measured_against_the_serial_loop():
    """3 CPU seconds for items that take 2.4 s alone: 0.8; the efficiency is the serial loop's, 2.4 / (2 x 1.5)."""
    found = found_in([(0, 1.5)], [(0, 1.5)], alone_s=2.4)
    assert (0.8, 0.8) == pytest.approx((found.computation, found.efficiency))


def test_no_time_inside_items_is_refused():
    """Without any work there is no efficiency."""
    with pytest.raises(BadSample):
        found_in([], answered=1.0)
