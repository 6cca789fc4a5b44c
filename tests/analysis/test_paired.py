"""The ratio of one pair."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.paired import Measured, log_ratio

TIMES = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=12)


def process(values, in_turns):
    """Return what a process with these values has measured."""
    return Measured(tuple(values), in_turns)


@given(TIMES, st.floats(0.5, 2.0))
def test_what_slows_a_turn_cancels_inside_it(times, factor):
    """However the machine changes from turn to turn, sides in turns whose times have a fixed ratio show that ratio."""
    base, head = process(times, True), process([factor * time for time in times], True)
    assert log(factor) == pytest.approx(log_ratio(base, head), abs=1e-9)


@given(TIMES, st.randoms())
def test_of_turns_it_is_the_median_of_walsh_averages(times, dice):
    """The Hodges-Lehmann estimate, here as its definition has it: the median over all averages of two log-ratios."""
    others = [time * dice.uniform(0.5, 2) for time in times]
    logs = np.log(others) - np.log(times)
    walsh = [(logs[i] + logs[j]) / 2 for i in range(len(logs)) for j in range(i, len(logs))]
    assert np.median(walsh) == pytest.approx(log_ratio(process(times, True), process(others, True)), abs=1e-9)


@given(TIMES, TIMES, st.booleans())
def test_exchanging_the_sides_inverts_it(left, right, in_turns):
    """log(head / base) is minus log(base / head)."""
    base, head = process(left, in_turns), process(right, in_turns)
    assert log_ratio(base, head) == pytest.approx(-log_ratio(head, base), abs=1e-9)


def test_without_turns_it_is_between_the_minima():
    """Sides that were measured one after another, or by versions that know no turns, have only their minima to show."""
    base, head = [1.0, 2.0, 4.0], [8.0, 4.0, 4.0]
    assert log(4) == pytest.approx(log_ratio(process(base, False), process(head, False)))
    assert log(4) == pytest.approx(log_ratio(process(base, True), process(head, False)))
    assert 1.25 * log(2) == pytest.approx(log_ratio(process(base, True), process(head, True)))
