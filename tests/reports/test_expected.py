"""How long a plan is expected to take."""

from __future__ import annotations

import pytest

from bench.core.case import Case
from bench.core.plan import Effort, Plan
from bench.reports import expected
from primes import cost
from tests.support.records import work_of

POOL = {
    "workload": "0:1000000",
    "kernel": "trial-division",
    "task": "chunk",
    "answer": "flags",
    "workers": 2,
    "chunksize": "auto",
    "phase": "map",
}


def body_s(params, usable, member="pool"):
    """Return what a case of the backends is expected to take."""
    case = Case.of("backends", member, params)
    return expected.body_s(case, work_of(case), usable)


def test_work_is_shared_by_the_workers_that_can_run():
    """A million numbers of 2.7 µs and eight messages: 2.7 s on one CPU and half of it on two, however many workers."""
    assert 2.7 == pytest.approx(body_s(POOL | {"workers": 1}, 2), rel=0.01)
    assert 2 == pytest.approx(body_s(POOL, 1) / body_s(POOL, 2), rel=0.01)
    assert body_s(POOL, 2) == pytest.approx(body_s(POOL | {"workers": 8}, 2), rel=0.01)


@pytest.mark.parametrize(("chunksize", "messages"), [("auto", 8), (10_000, 100), ("api", 1_000_000)])
def test_messages_cost_time(chunksize, messages):
    """Four messages a worker, as many as there are chunks, or one a number: 50 µs each."""
    more_s = body_s(POOL | {"chunksize": chunksize}, 2) - body_s(POOL | {"chunksize": 1_000_000}, 2)
    assert (messages - 1) * 5e-5 == pytest.approx(more_s, abs=1e-6)


def test_copies_share_nothing():
    """Each of four copies does the whole job, which on four CPUs takes as long as one alone on one."""
    assert body_s(POOL | {"workers": 4}, 4, "ceiling") == pytest.approx(body_s(POOL | {"workers": 1}, 1), rel=0.01)


def test_what_searches_nothing_takes_a_crew():
    """A message, or the making of workers, is short."""
    assert 0 < body_s(POOL | {"workload": "none", "phase": "open"}, 2) < 0.1
    assert 0 < expected.body_s(Case.of("channels", "pipe", {"size": 64}), None, 2) < 0.1


@pytest.mark.parametrize(("observe", "seconds"), [(False, 1.4), (True, 1.45)])
def test_a_plan_counts_what_is_thrown_away(observe, seconds):
    """Two visits of 0.25 s, six values of 0.1 s, two tries (one warms up), one more warm-up, and a body of 0.05 s."""
    case = Case.of("channels", "pipe", {"size": 64})
    effort = Effort(rounds=2, values=3, warmups=1, min_time_s=0.1, timeout_s=60.0, observe=observe)
    assert seconds == pytest.approx(expected.plan_s(Plan((case,), (), effort, (0, 1), {}), 2))


@pytest.mark.parametrize("name", cost.ROUGH)
def test_rough_costs_do_not_fall_as_numbers_grow(name):
    """Ten thousand numbers cost no less further up."""
    costs = [cost.about(name, end - 10**4, end) for end in (10**6, 10**9, 10**12, 10**15, 10**18)]
    assert sorted(costs) == costs


def test_an_unknown_kernel_costs_as_much_as_the_slowest():
    """Whoever brings a kernel is told the time of trial division; auto is the compiled sieve."""
    assert cost.about("mine.fast", 0, 10**9) == cost.about("trial-division", 0, 10**9)
    assert cost.about("auto", 0, 10**9) == cost.seconds("numba-sieve", 0, 10**9)
