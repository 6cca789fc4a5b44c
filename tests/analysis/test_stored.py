"""Verdicts on times of two sessions."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from bench.analysis import stored
from bench.analysis.stored import Allowance, Group
from bench.core.reason import Kind, Reason

STEADY = [1 + i / 1000 for i in range(20)]


def sample(factor=1.0, times=STEADY):
    """Return one value per process."""
    return [[factor * time] for time in times]


def verdict(factor, control=1.0, rule=None, **named):
    """Judge a case that is slower by a factor beside a control that moved by another one."""
    controls = {} if control is None else {"loop": stored.compare(sample(), sample(control))}
    cells = {"case": stored.compare(sample(), sample(factor))}
    return stored.judge([Group(cells, controls, **named)], rule or Allowance())


@pytest.mark.parametrize(
    ("factor", "word"),
    [(1.0, "ok"), (0.5, "ok"), (1.02, "ok"), (1.05, "inconclusive"), (1.069, "inconclusive"), (1.1, "regressed")],
)
def test_the_allowance_lies_between_ok_and_regressed(factor, word):
    """Times known to half a per cent: ok up to 1.10 / 1.07 = 1.028, regressed from 1.07 on, open in between."""
    assert word == verdict(factor).verdict


def test_the_allowance_is_stated_and_can_be_set():
    """The verdict names what was allowed; with nothing allowed, 5 % more is regressed, with 20 % not even 10 % is."""
    assert [0.07, 0.07] == [verdict(factor).cells[0].reason["drift"] for factor in (1.1, 1.0)]
    assert "regressed" == verdict(1.05, rule=Allowance(drift=0.0)).verdict
    assert "inconclusive" == verdict(1.1, rule=Allowance(drift=0.2)).verdict


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_without_a_control_nothing_is_said(factor):
    """Twice as slow or equally fast: nothing shows that the machine was the same."""
    found = verdict(factor, control=None)
    assert ("inconclusive", "inconclusive", False) == (found.verdict, found.cells[0].verdict, found.void)
    assert (Reason(Kind.UNSHOWN),) == found.reasons


@pytest.mark.parametrize("control", [1.08, 0.9, 1.066])
def test_a_control_that_moved_makes_it_void(control):
    """By more than the allowance in either direction, or so nearly that less is not shown."""
    found = verdict(1.1, control)
    assert found.void and "inconclusive" == found.verdict and found.reasons[0]["why"].case == "loop"


def test_a_control_that_scatters_shows_nothing():
    """Three processes have no interval, and seven that scatter by 20 % lie between more than 7 %."""
    base = np.exp([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3])
    for times, kind in ((STEADY[:3], Kind.CONTROL_TOO_FEW), (base.tolist(), Kind.CONTROL_WIDE)):
        controls = {"loop": stored.compare(sample(times=times), sample(times=times))}
        cells = {"case": stored.compare(sample(), sample(1.2))}
        assert kind is stored.judge([Group(cells, controls)], Allowance()).reasons[0]["why"].kind


def test_a_control_that_scatters_leaves_what_is_slower_than_it_can_be():
    """The control lies between 0.90 and 1.11: 50 % more is regressed, 15 % more is not, and equal sides are not ok."""
    base = np.exp([-0.1, -0.07, -0.04, 0, 0.04, 0.07, 0.1]).tolist()
    loop = stored.compare(sample(times=base), sample(times=base))
    assert loop.evidence.high is not None and 1.07 < loop.evidence.high < 1.2
    cells = {str(factor): stored.compare(sample(), sample(factor)) for factor in (1.0, 1.15, 1.5)}
    found = stored.judge([Group(cells, {"loop": loop})], Allowance())
    assert ["inconclusive", "inconclusive", "regressed"] == [cell.verdict for cell in found.cells]
    assert ("regressed", False) == (found.verdict, found.void) and found.reasons[-1].kind is Kind.CONTROL_WIDE


def test_divided_times_need_no_control():
    """Times in units of the serial loop have the machine's speed taken out; the allowance stays."""
    cells = {"case": stored.compare(sample(), sample(1.1)), "other": stored.compare(sample(), sample(1.05))}
    found = stored.judge([Group(cells, None)], Allowance())
    assert ["regressed", "inconclusive"] == [cell.verdict for cell in found.cells]


@pytest.mark.parametrize(("few", "word"), [(3, "inconclusive"), (4, "inconclusive"), (5, "regressed")])
def test_few_processes_that_scatter_far_more_are_inconclusive(few, word):
    """Below five a side, spreads more than three times apart: the rank test does not hold what it promises."""
    rng = np.random.default_rng(3)
    wide = np.exp(rng.normal(0.5, 0.05, few))
    cells = {"case": stored.compare(sample(), sample(times=wide.tolist()))}
    found = stored.judge([Group(cells, None)], Allowance())
    assert word == found.verdict
    assert (few < 5) == (found.cells[0].reason.kind is Kind.UNLIKE)


def test_from_five_sessions_on_each_counts_once():
    """Five against five sessions of four processes that all differ: p is 1 / C(10, 5), and nothing is allowed for."""
    base = [[1 + session / 1000 + process / 10_000] for session in range(5) for process in range(4)]
    head = [[1.04 * row[0]] for row in base]
    found = stored.compare(base, head, (4,) * 5, (4,) * 5)
    assert (5, 5, "sessions") == (found.evidence.n_base, found.evidence.n_head, found.evidence.counted)
    assert 1 / comb(10, 5) == pytest.approx(found.evidence.p_slower)
    assert 1.04 == pytest.approx(found.evidence.ratio, abs=1e-3)
    controls = {"loop": stored.compare(base, base, (4,) * 5, (4,) * 5)}
    assert "regressed" == stored.judge([Group({"case": found}, controls)], Allowance()).verdict
    pooled = stored.compare(base, head, (4,) * 4 + (2, 2), (10, 10))
    assert (20, "processes") == (pooled.evidence.n, pooled.evidence.counted)
    assert "inconclusive" == stored.judge([Group({"case": pooled}, controls)], Allowance()).verdict


def test_a_session_counts_by_the_median_of_its_processes():
    """Sessions of two processes: the median of an even count is the middle, here 3 against 1."""
    base, head = [[1.0]] * 10, [[2.0], [4.0]] * 5
    assert 3.0 == pytest.approx(stored.compare(base, head, (2,) * 5, (2,) * 5).evidence.ratio)


def test_sessions_that_cannot_reach_alpha_name_how_many_would():
    """Five against five over three cases: 3 / C(10, 5) is above 1 %, 3 / C(12, 6) below; six a side would do."""
    rows = [[1 + session / 10] for session in range(5)]
    head = [[1.5 * row[0]] for row in rows]
    cells = {name: stored.compare(rows, head, (1,) * 5, (1,) * 5) for name in "abc"}
    found = stored.judge([Group(cells, None)], Allowance())
    why = found.cells[0].reason
    assert ("inconclusive", 6, "sessions") == (found.verdict, why["needed"], why["counted"])


def test_a_control_alone_is_no_verdict():
    """Where nothing is judged, nothing is ok."""
    found = stored.judge([Group({}, {"loop": stored.compare(sample(), sample())})], Allowance())
    assert ("inconclusive", (Reason(Kind.ONLY_CONTROL),)) == (found.verdict, found.reasons)
