"""Colour in a terminal: by meaning only, and without moving a character."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.reports.formats import text
from bench.reports.report import BAD, BEST, DOUBTFUL, Cell, Note, Report, numbers, table
from bench.reports.views.show import show
from bench.store import record_file
from tests.support.records import backend, record

RESULTS = Path(__file__).parents[3] / "results"
ESCAPE = re.compile("\x1b\\[\\d*m")
RED, YELLOW, GREEN = "\x1b[31m", "\x1b[33m", "\x1b[32m"


@pytest.mark.parametrize("width", [20, 60, 80, None])
@pytest.mark.parametrize("name", ["all-backends-2cpu.json", "textbook-2cpu.json"])
def test_colour_moves_nothing(name, width):
    """Without its colours the text is the one that a pipe gets, at every width."""
    report = show(record_file.load(RESULTS / name))
    assert text.fit(report, width) == ESCAPE.sub("", text.on_terminal(report, width, "", coloured=True))
    assert "\x1b" not in text.fit(report, width)


def test_each_tone_has_its_colour():
    """Bad is red, doubtful yellow, the best green, and all else has none."""
    cells = [Cell("a", tone=BAD), Cell("b", tone=DOUBTFUL), Cell("c", tone=BEST), Cell("d")]
    report = Report((), (table([numbers(x) for x in "wxyz"], [cells]), Note("e", tone=BAD)), {})
    made = text.on_terminal(report, None, "", coloured=True)
    assert [f"{RED}a", f"{YELLOW}b", f"{GREEN}c", f"{RED}e"] == re.findall("\x1b\\[3\\dm.", made)


def test_a_record_is_coloured_by_what_it_says():
    """The fastest backend is green, a crash is red and a doubt yellow; the ceiling wins no race."""
    times = {
        backend("serial"): [8.0] * 6,
        backend("ceiling", 2): [4.1] * 6,
        backend("pool", 2): [4.4] * 6,
        backend("executor", 2): [5.0] * 6,
        backend("process", 2): [4.2, 5.0, 6.0, 7.0, 8.0, 9.0],
    }
    made = record(times, failures={backend("threads", 2): ("crashed", "gone")})
    lines = {
        line.split()[0]: line for line in text.on_terminal(show(made), None, "", coloured=True).splitlines() if line
    }
    assert f"{GREEN}1.82" in lines["pool"] and f"{RED}crashed" in lines["threads"]
    assert YELLOW in lines["process"] and GREEN not in lines["process"]
    assert all("\x1b" not in lines[name] for name in ("serial", "ceiling", "executor"))
