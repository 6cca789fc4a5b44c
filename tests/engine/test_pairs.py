"""The order of a paired run, and who is visited again."""

from __future__ import annotations

from collections import Counter
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.case import Case
from bench.core.plan import Effort
from bench.core.record import Failure
from bench.core.side import Side
from bench.core.stamps import BATCH, PAIR
from bench.engine import background_load, pairs
from bench.engine.pairs import Cell
from tests.support.launch import FakeLaunch

A, B, C = (Case.of("backends", name, {"workers": 1}) for name in ("a", "b", "c"))
CELLS = tuple(Cell(case, ("base", "head")) for case in (A, B, C))
EFFORT = Effort(rounds=1, values=2, warmups=0, min_time_s=0.01, timeout_s=1)


SIDES = {"base": Side("old"), "head": Side("new")}


def run(slots, launch, loops=None):
    """Carry out a part of a paired run, one visit after another."""
    return list(pairs.run(slots, SIDES, launch.together, EFFORT, (0,), loops or {}))


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_every_pair_holds_every_side_of_every_cell(seed, count):
    """Each pair visits each of three cells once from each side, whatever the seed."""
    visits = pairs.order(CELLS, 0, range(count), seed)
    expected = {(pair, case, side): 1 for pair in range(count) for case in (A, B, C) for side in ("base", "head")}
    assert expected == Counter((visit.pair, visit.case, visit.side) for visit in visits)


@given(st.integers(0, 10_000))
def test_sides_of_a_pair_are_neighbours(seed):
    """Both visits of a pair follow each other, with no other case between them."""
    visits = pairs.order(CELLS, 0, range(6), seed)
    for first, second in zip(visits[::2], visits[1::2], strict=True):
        assert (first.pair, first.case) == (second.pair, second.case)
        assert first.side != second.side


@given(st.integers(0, 10_000))
def test_every_second_pair_is_the_one_before_backwards(seed):
    """Base begins as often as head in each cell: pairs 2k and 2k+1 are mirror images (ABBA)."""
    visits = pairs.order(CELLS, 0, range(4), seed)
    for start in (0, 12):
        there = [(visit.case, visit.side) for visit in visits[start : start + 6]]
        back = [(visit.case, visit.side) for visit in visits[start + 6 : start + 12]]
        assert there == back[::-1]


def test_who_begins_is_drawn():
    """Over 200 blocks, base begins in about half of them: 100 +- 35 is five standard deviations."""
    begins = [pairs.order(CELLS[:1], 0, range(2 * k, 2 * k + 1), 1)[0].side == "base" for k in range(200)]
    assert 65 < sum(begins) < 135


def test_batches_and_seeds_have_orders_of_their_own():
    """Another batch or another seed is another order; the same ones are the same."""
    orders = [
        [(visit.case, visit.side) for visit in pairs.order(CELLS, batch, range(10), seed)]
        for batch, seed in ((0, 1), (1, 1), (0, 2), (0, 1))
    ]
    assert orders[0] == orders[3]
    assert orders[0] != orders[1] != orders[2] != orders[0]


@given(st.integers(1, 11))
def test_an_order_may_be_drawn_in_pieces(cut):
    """A pilot followed by the rest is the same order as all pairs at once, wherever it is cut."""
    pieces = [*pairs.order(CELLS, 0, range(cut), 7), *pairs.order(CELLS, 0, range(cut, 12), 7)]
    assert pairs.order(CELLS, 0, range(12), 7) == pieces


@given(st.floats(-0.05, 0.05), st.integers(0, 1000))
def test_linear_drift_cancels(drift, seed):
    """A machine that gets steadily slower or faster favours no side: log-ratios of a block of two pairs sum to zero."""
    now = 0

    def seconds(_visit):
        nonlocal now
        now += 1
        return exp(drift * now)

    logs = {}
    for slot, outcome in run(pairs.order(CELLS, 0, range(8), seed), FakeLaunch(seconds)):
        logs[slot.case, slot.pair, slot.side] = log(outcome.samples[0][0])
    for case in (A, B, C):
        ratios = [logs[case, pair, "head"] - logs[case, pair, "base"] for pair in range(8)]
        assert [0] * 4 == pytest.approx([ratios[k] + ratios[k + 1] for k in range(0, 8, 2)], abs=1e-9)


def test_a_case_that_failed_is_not_visited_again():
    """After head has crashed in a case, neither side measures it again; the other cases go on."""
    launch = FakeLaunch()
    launch.failures["new", "b"] = ("crashed", "on request")
    outcomes = run(pairs.order(CELLS, 0, range(5), 3), launch)
    assert 1 == sum(isinstance(outcome, Failure) for _, outcome in outcomes)
    asked = Counter((visit.side.label, visit.case) for visit in launch.visits)
    assert [5, 1, 5] == [asked["new", case] for case in (A, B, C)]
    assert asked["old", B] <= 1


def test_times_are_stamped_with_side_pair_and_batch():
    """A result tells its side in its case and in its name, and each process its pair and batch."""
    for slot, outcome in run(pairs.order(CELLS[:1], 1, range(2), 3), FakeLaunch()):
        assert slot.side == outcome.side
        metadata = outcome.processes[0].metadata
        stamp = (metadata["name"], metadata[PAIR], metadata[BATCH])
        assert (outcome.key, slot.pair, 1) == stamp


def test_all_sides_loop_as_often_as_the_fastest_needs():
    """Base calibrates to 3 loops and head to 8: both are measured with 8, so that values are made alike."""
    fast, slow = FakeLaunch(loops=8), FakeLaunch(loops=3)
    calibration = pairs.calibrate(
        CELLS, SIDES, lambda visit: (slow, fast)[visit.side.label == "new"](visit), EFFORT, (0,)
    )
    loops = pairs.loops_of(calibration)
    assert {case.id: 8 for case in (A, B, C)} == loops
    launch = FakeLaunch()
    run(pairs.order(CELLS, 0, range(1), 1), launch, loops)
    assert [None] * 6 == [visit.loops for visit in (*slow.visits, *fast.visits)]
    assert [8] * 6 == [visit.loops for visit in launch.visits]


def test_calibration_lets_every_side_try_every_case():
    """A failure of one side in one case is known before any pair is measured."""
    launch = FakeLaunch()
    launch.failures["new", "c"] = ("crashed", "on request")
    outcomes = list(pairs.calibrate(CELLS, SIDES, launch, EFFORT, (0,)))
    failed = [(outcome.case, outcome.side) for outcome in outcomes if isinstance(outcome, Failure)]
    assert 6 == len(outcomes)
    assert [(C, "head")] == failed


def stat(root, *cpus):
    """Write /proc/stat with (user, idle) ticks of each CPU."""
    (root / "proc").mkdir(exist_ok=True)
    lines = [f"cpu{number} {user} 0 0 {idle} 0 0 0 50 0 0" for number, (user, idle) in enumerate(cpus)]
    (root / "proc/stat").write_text("\n".join(["cpu 0 0 0 0 0 0 0 0 0 0", *lines, "intr 1 2 3"]))


def test_others_are_what_is_left_when_our_own_time_is_taken_away(tmp_path, monkeypatch):
    """In 10 s, 15 CPU seconds on CPUs 0 and 1, 6 of them ours, are 0.9 CPUs for others; CPU 2 does not count."""
    monkeypatch.setattr("os.sysconf", lambda _name: 100)
    stat(tmp_path, (1000, 0), (1000, 0), (0, 0))
    before = background_load.look((0, 1), tmp_path)
    stat(tmp_path, (2000, 0), (1500, 0), (9000, 0))
    after = background_load.look((0, 1), tmp_path)
    assert 15 == pytest.approx(after.busy_s - before.busy_s)
    made = background_load.Moment(before.at_s + 10, after.busy_s, before.own_s + 6)
    assert 0.9 == pytest.approx(background_load.others_cpus(before, made))


def test_our_own_work_does_not_count_as_others():
    """If all that was used was ours, or the counters cannot be read, others used nothing."""
    before, after = background_load.Moment(0, 10, 5), background_load.Moment(4, 14, 9.01)
    assert 0 == background_load.others_cpus(before, after)


def test_without_counters_nothing_is_seen(tmp_path):
    """On a system without /proc/stat the answer is zero and no error."""
    assert 0 == background_load.look((0,), tmp_path).busy_s
