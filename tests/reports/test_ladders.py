"""Single cases below each other."""

from __future__ import annotations

import pytest

from bench.core.plan import Ladder
from bench.reports.doubts import with_doubts
from bench.reports.ladders import ladder_data, ladder_table
from bench.samples.rows import rows_of
from tests.support.records import backend, record

LOW, MIDDLE, HIGH = backend("pool"), backend("executor"), backend("process")


@pytest.fixture
def rows():
    """Rows of 1, 3 and 2 seconds."""
    made = record({LOW: 1.0, MIDDLE: 3.0, HIGH: 2.0})
    return {row.case.id: row for row in rows_of(made)}


def test_steps_and_ratios(rows):
    """Each step tells what it adds to the one above and how it compares with the first."""
    ladder = Ladder("t", (("low", LOW.id), ("middle", MIDDLE.id), ("high", HIGH.id)))
    data = ladder_data(ladder, rows)
    assert [None, 2.0, -1.0] == [entry["step_s"] for entry in data]
    assert [1.0, 3.0, 2.0] == [entry["ratio"] for entry in data]
    assert ("high", "2.00 s", "- 1.00 s", "2.00 x") == ladder_table(ladder, rows).texts[2]


def test_a_step_without_a_time_says_why(rows):
    """A case without a time is no step up or down; the next one is compared with the last that has a time."""
    made = record({LOW: 1.0, HIGH: 2.0}, failures={MIDDLE: ("timed-out", "no answer within 1 s")})
    rows = {row.case.id: row for row in rows_of(made)}
    ladder = Ladder("t", (("low", LOW.id), ("middle", MIDDLE.id), ("high", HIGH.id), ("gone", "no such case")))
    data = ladder_data(ladder, rows)
    assert ["ok", "timed-out", "ok", "pending"] == [entry["status"] for entry in data]
    assert 1.0 == data[2]["step_s"]
    assert "timed-out" == ladder_table(ladder, rows).texts[1][-1]


def test_nothing_is_concluded_from_a_time_in_doubt():
    """Processes far apart: no step to or from it, no ratio, and the reason in its line; the others keep their ratio."""
    made = record({LOW: [1.0, 1.0], MIDDLE: [2.0, 6.0], HIGH: [2.0, 2.0]})
    rows = {row.case.id: row for row in with_doubts(made, rows_of(made))}
    ladder = Ladder("t", (("low", LOW.id), ("middle", MIDDLE.id), ("high", HIGH.id)))
    data = ladder_data(ladder, rows)
    assert [None, None, None] == [entry["step_s"] for entry in data]
    assert [1.0, None, 2.0] == [entry["ratio"] for entry in data]
    assert ("middle", "4.00 s", "-", "-", "in doubt: processes 50 % apart") == ladder_table(ladder, rows).texts[1]
