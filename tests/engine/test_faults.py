"""What a fault cost, read from the log of the tasks."""

from __future__ import annotations

from collections import deque

import pytest

from bench.engine import faults
from bench.jobs._faults import FATAL, ITEMS


def log(*, done, begun_later=()):
    """Return a log in which these items ended before the fatal one began, at 100, and those began after it."""
    before = {("begins", item): 1 for item in done} | {("ends", item): 2 for item in done}
    return before | {("begins", FATAL): 100} | {("begins", item): 101 for item in begun_later}


EVERYBODY = [item for item in range(ITEMS) if item != FATAL]


@pytest.mark.parametrize(
    ("found", "message", "expected"),
    [
        (log(done=EVERYBODY), "no answer within 10 s", "none"),
        (log(done=EVERYBODY[:20]), "BrokenPool", "3 of 23, all that were pending"),
        (log(done=EVERYBODY[:20], begun_later=[22]), "BrokenPool", "3 of 23"),
        (log(done=EVERYBODY[:9]), "the measuring process was ended by signal 9 (Killed)", "the whole process"),
    ],
)
def test_what_a_death_cost_the_others(found, message, expected):
    """Of 24 tasks one is fatal; what the others lost is counted, and whether any began after the death."""
    assert expected == faults._cost(found, message)


def test_a_log_that_breaks_off_is_read(tmp_path):
    """The first time of each word counts, and a file that is not there is an empty log."""
    (tmp_path / "log").write_text("5 begins 1\n7 ends 1\n9 begins 1\n")
    assert {("begins", 1): 5, ("ends", 1): 7} == faults._log(tmp_path / "log")
    assert {} == faults._log(tmp_path / "none")


def test_a_slow_backend_is_not_cut_short_by_each_fault():
    """Of 3, 9 and 20 s one fault has shown 3 to be too short; the others of that backend begin with 9."""
    seconds = (("slow", [3, 9, 20]), ("fast", [3, 9]), ("slow", [3]))
    visits = [faults._Try(name, "hangs", deque(several), None) for name, several in seconds]
    faults._lengthen(visits, "slow", 3)
    assert [[9, 20], [3, 9], [3]] == [[*visit.deadlines] for visit in visits]
