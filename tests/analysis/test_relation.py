"""Slower, faster, alike or inconclusive: relations between equals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.evidence import from_groups, from_pairs
from bench.analysis.relation import relate
from bench.reports.wording import word

OPPOSITE = {"slower": "faster", "faster": "slower", "alike": "alike", "inconclusive": "inconclusive"}


def around(ratio: float, n: int = 20, width: float = 0.001) -> list[float]:
    """Return log-ratios close to a ratio, no two equal in size."""
    return [math.log(ratio) + width * (i - n / 2 + 0.3) / n for i in range(n)]


@pytest.mark.parametrize(
    ("ratio", "word"), [(1.1, "slower"), (0.9, "faster"), (1.0, "alike"), (1.01, "alike"), (0.99, "alike")]
)
def test_words(ratio, word):
    """10 % in either direction is a difference, 1 % is alike however sure it is."""
    assert word == relate([from_pairs(around(ratio))])[0].word


def test_too_few_or_too_noisy_is_inconclusive():
    """Three pairs prove nothing, and neither do pairs that scatter by 50 %."""
    assert "inconclusive" == relate([from_pairs(around(1.5, n=3))])[0].word
    assert "inconclusive" == relate([from_pairs(around(1.0, width=0.5))])[0].word


def test_many_cells_ask_for_more_evidence():
    """Seven pairs reach 2 / 2**7 = 1.6 %: never below 1 %; ten reach 0.2 %, but not in a family of ten such cells."""
    ten = from_pairs(around(1.5, n=10))
    assert "inconclusive" == relate([from_pairs(around(1.5, n=7))])[0].word
    assert "slower" == relate([ten])[0].word
    assert {"inconclusive"} == {one.word for one in relate([ten] * 10)}


def worded(cells):
    """Return the reason of the first cell in words."""
    found = relate(cells)[0].reason
    return word(found) if found else ""


def test_too_few_processes_are_the_reason():
    """Where even the clearest difference could not be told, the numbers say so; where noise hides it, they do not."""
    six = from_pairs(around(0.5, n=6))
    assert "6 pairs cannot reach alpha 0.01 over 1 case: 8 pairs could" == worded([six])
    assert "6 pairs cannot reach alpha 0.01 over 4 cases: 10 pairs could" == worded([six] * 4)
    groups = worded([from_groups([0.0, 0.1, 0.2], [1.0, 1.1, 1.2])])
    assert "3 processes cannot reach alpha 0.01 over 1 case: more processes on each side could" == groups
    assert relate([from_pairs(around(1.0, width=0.5))])[0].reason is None
    assert relate([from_pairs(around(1.1))])[0].reason is None


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=25))
def test_exchanging_the_sides_turns_the_word_around(log_ratios):
    """Whoever is slower than the other, the other is faster than it."""
    there = relate([from_pairs(log_ratios)])[0]
    back = relate([from_pairs([-value for value in log_ratios])])[0]
    assert OPPOSITE[there.word] == back.word
    assert there.p == pytest.approx(back.p)
