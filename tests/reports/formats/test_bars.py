"""Bars beside numbers: as long as the numbers are large, and only where a line has room for them."""

from __future__ import annotations

import pytest

from bench.reports import cells
from bench.reports.formats import text
from bench.reports.report import Report, numbers, table

EIGHTHS = "▏▎▍▌▋▊▉█"


def drawn(values, width, signs):
    """Return the bar behind each number of a table, which without bars takes 8 characters a line."""
    rows = [[name, cells.decimal(value)] for name, value in zip("abcd", values, strict=False)]
    report = Report((), (table(["x", numbers("speed", drawn=True)], rows),), {})
    lines = text.on_terminal(report, width, signs, coloured=False).splitlines()[2:]
    return [line[8:].strip() for line in lines]


def test_a_bar_is_as_long_as_its_number_is_large():
    """The largest fills the column of 24, half of it half, and a sixteenth one and a half characters."""
    assert ["█" * 24, "█" * 12, "█▌"] == drawn([8.0, 4.0, 0.5], 80, EIGHTHS)


def test_whole_characters_do_where_there_are_no_others():
    """A terminal without parts of characters rounds to whole ones."""
    assert ["#" * 24, "#" * 12, "##"] == drawn([8.0, 4.0, 0.5], 80, "#")


def test_what_is_there_is_seen():
    """The least number above nothing has the least part of a character, and nothing has none."""
    assert ["█" * 24, "▏", "", ""] == drawn([9.0, 0.01, 0.0, None], 80, EIGHTHS)


@pytest.mark.parametrize(("width", "longest"), [(8, 0), (17, 0), (18, 8), (30, 20), (34, 24), (200, 24), (None, 24)])
def test_bars_take_only_what_a_line_has_left(width, longest):
    """Two blanks and 8 characters at least, 24 at the most; no column gives way for them."""
    assert ["█" * longest, "█" * (longest // 2)] == drawn([2.0, 1.0], width, EIGHTHS)


def test_a_pipe_has_none():
    """Where no terminal is, numbers are all."""
    report = Report((), (table([numbers("speed", drawn=True)], [[cells.decimal(2.0)]]),), {})
    assert ["speed", "-----", " 2.00"] == text.fit(report, 80).splitlines()
