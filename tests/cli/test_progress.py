"""How far a command is, on a terminal and off it."""

from __future__ import annotations

import itertools
import select

import pytest

from bench.app.events import Stage, Visited
from bench.cli import progress
from bench.cli.following import follow
from bench.core.record import Failure
from tests.support.records import backend
from tests.support.terminal import shown


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves: a list with the seconds."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


def lines_due(clock, each_s):
    """Return after which of a hundred visits, each of so many seconds, a line is due."""
    limit = progress.RateLimit(100)
    found = []
    for done in range(1, 101):
        clock[0] += each_s
        found += [done] if limit.is_due(done) else []
    return found


def test_a_line_is_due_at_every_tenth(clock):
    """Of a hundred visits of a second each; what is over within a second needs no line."""
    assert list(range(10, 101, 10)) == lines_due(clock, 1.0)
    assert [] == lines_due(clock, 0.005)


def test_no_log_stands_still_for_long(clock):
    """Visits of 12 seconds: a line after 30 seconds at the latest, which is the third visit, and at every tenth."""
    due = lines_due(clock, 12.0)
    assert {*range(10, 101, 10)} <= {*due} and 3 == due[0]
    assert max(later - sooner for sooner, later in itertools.pairwise(due)) == 3


def test_off_a_terminal_lines_name_what_tells_cases_apart(clock, capsys):
    """Two pools differ in their workers: a log says of which a time is, how many there are and how long it takes."""
    cases = (backend("pool", 1), backend("pool", 2))  # the last of which needs no line, as the end is seen

    def work():
        yield Stage("pairs", 2, 8.0, cases, announced=True)
        for case in cases:
            clock[0] += 4
            yield Visited(Failure(case, "crashed", "gone", "", "head"), first=True)

    follow(work())
    assert [
        "pairs: 2 visits, about 8 s",
        "[1/2] pool head workers=1: crashed (gone), about 4 s left",
    ] == capsys.readouterr().err.splitlines()


def test_a_long_visit_shows_that_it_goes_on(clock, monkeypatch, capsys):
    """One that takes longer than a log may stand still leaves lines that say for how long, before any outcome."""
    monkeypatch.setattr(progress, "_MOST_S", 0.05)
    said = []

    def work():
        yield Stage("pairs", 2)
        clock[0] += 7
        while len(said) < 2:
            assert select.select([], [], [], 0.12) == ([], [], [])
            said.extend(capsys.readouterr().err.splitlines())
        yield Visited(Failure(backend("pool", 1), "crashed", "gone", ""), first=True)

    follow(work())
    assert ["[1/2] ... 7 s so far"] * 2 == said[:2]


@pytest.mark.parametrize(("term", "drawn"), [("xterm", True), ("dumb", False)])
def test_a_dumb_terminal_gets_no_control_characters(term, drawn):
    """Where lines can be redrawn a search draws its bar, and elsewhere there is the answer alone."""
    text = shown("search", "0", "1e6", "--kernel", "sieve", TERM=term)
    assert drawn == ("\x1b" in text)
    assert text.endswith("78498\r\n")  # OEIS A006880
