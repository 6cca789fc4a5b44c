"""Bounds of verdicts that overlap."""

from __future__ import annotations

from itertools import pairwise, product
from math import prod, sqrt

import pytest

from bench.analysis import overlap
from bench.analysis.errors import BadSample


def chance_of_at_most(alarms, runs, forth, back):
    """Return P(so many alarms or fewer) by writing out every sequence of blocks."""
    chances = {"not": 1 - forth - back, "forth": forth, "back": back}
    total = 0.0
    for blocks in product(chances, repeat=sum(runs)):
        rest, seen = list(blocks), 0
        for run in runs:
            seen += sum(one == other != "not" for one, other in pairwise(rest[:run]))
            del rest[:run]
        if seen <= alarms:
            total += prod(chances[block] for block in blocks)
    return total


@pytest.mark.parametrize(("alarms", "runs"), [(0, [7]), (0, [3, 5]), (1, [9]), (0, [4, 1, 3])])
def test_the_bound_is_that_of_all_sequences_of_blocks(alarms, runs):
    """At the bound so few alarms have a chance of 5 %, counted over every sequence of blocks."""
    q = sqrt(overlap.upper_bound(alarms, runs))
    assert 0.05 == pytest.approx(chance_of_at_most(alarms, runs, q, q))


@pytest.mark.parametrize(("alarms", "runs"), [(0, [2]), (0, [5]), (3, [6])])
def test_where_nothing_is_ruled_out_one_way_decides(alarms, runs):
    """Where blocks that are always red, either way alike, would show so few alarms, those of one way give the bound."""
    assert chance_of_at_most(alarms, runs, 0.5, 0.5) > 0.05
    bound = overlap.upper_bound(alarms, runs)
    assert 0.05 == pytest.approx(chance_of_at_most(alarms, runs, sqrt(2 * bound), 0))


def test_eighteen_blocks_without_an_alarm():
    """They rule out 9.2 %, not the 8.0 % of 36 verdicts apart."""
    assert 0.092 == pytest.approx(overlap.upper_bound(0, [18]), abs=0.0005)


@pytest.mark.parametrize(("alarms", "runs", "bound"), [(0, [1], 0.5), (17, [18], 0.5), (18, [18], 1.0)])
def test_what_rules_nothing_out(alarms, runs, bound):
    """A single block, and an alarm in each pair of neighbours, leave one half; more alarms than that leave all."""
    assert bound == pytest.approx(overlap.upper_bound(alarms, runs))


@pytest.mark.parametrize("alarms", [0, 2])
def test_blocks_that_prove_a_rate(alarms):
    """So many blocks prove 1 %, and one fewer does not."""
    blocks = overlap.blocks_to_prove(alarms, 0.01)
    assert overlap.upper_bound(alarms, [blocks]) <= 0.01 < overlap.upper_bound(alarms, [blocks - 1])


@pytest.mark.parametrize(("alarms", "runs"), [(0, []), (0, [0]), (-1, [3]), (5, [3])])
def test_impossible_counts_are_refused(alarms, runs):
    """No block, an empty run, a negative count and more than two alarms per neighbours raise an error."""
    with pytest.raises(BadSample):
        overlap.upper_bound(alarms, runs)


@pytest.mark.parametrize("rate", [0, 0.25, 1])
def test_impossible_rates_are_refused(rate):
    """Equal sides alarm in less than a quarter of the verdicts, so nothing above can be asked for."""
    with pytest.raises(BadSample):
        overlap.blocks_to_prove(0, rate)
