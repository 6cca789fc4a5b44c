"""How wide a text is: as asked for, as the terminal, or as wide as it takes."""

from __future__ import annotations

import os

import pytest

from bench.cli import width

ROOM = 137


def longest(done):
    """Return the length of the longest line on stdout."""
    return max(map(len, done.out.splitlines()))


@pytest.fixture
def terminal(monkeypatch):
    """Stdout is a terminal whose window has so many columns."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def sized(columns):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setattr("sys.stdout.fileno", lambda: 1)
        monkeypatch.setattr("os.get_terminal_size", lambda *_: os.terminal_size((columns, 24)))

    return sized


def test_in_a_pipe_only_the_option_counts(cli, monkeypatch):
    """COLUMNS says how wide a terminal is, and a pipe is none."""
    monkeypatch.setenv("COLUMNS", "40")
    assert longest(cli("list", "plans")) > 80
    assert longest(cli("list", "plans", "--width", "60")) <= 60


@pytest.mark.parametrize(("told", "columns"), [(None, ROOM), ("44", 44), ("0", ROOM), ("wide", ROOM), ("", ROOM)])
def test_a_terminal_is_as_wide_as_its_window_or_as_columns_says(terminal, monkeypatch, told, columns):
    """COLUMNS comes first where it is a number above 0."""
    terminal(ROOM)
    if told is not None:
        monkeypatch.setenv("COLUMNS", told)
    assert columns == width.wanted()


def test_a_terminal_without_a_size_has_80_columns(terminal):
    """Some terminals say 0."""
    terminal(0)
    assert 80 == width.wanted()


@pytest.mark.parametrize("value", ["19", "0", "-1", "x", "60.5"])
def test_a_width_that_no_table_has_is_wrong_usage(cli, value):
    """Exit code 2, with the value and what is allowed."""
    done = cli("list", "plans", "--width", value)
    assert (2, True) == (done.code, "--width" in done.err)


def test_other_formats_take_no_notice(cli):
    """JSON is the same at any width."""
    words = ("list", "plans", "--format", "json")
    assert cli(*words).out == cli(*words, "--width", "20").out
