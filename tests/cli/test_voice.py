"""How the program speaks."""

from __future__ import annotations

import io
import os

import pytest

from bench.cli import voice
from bench.reports.cells import decimal
from bench.reports.report import BAD, Note, Report, numbers, table


@pytest.mark.parametrize(("columns", "shown"), [(8, 7), (0, 79), (200, 100)])
def test_progress_keeps_to_one_line(monkeypatch, capsys, columns, shown):
    """A hundred characters are cut before they fill the line; a terminal that knows no size is taken to have 80."""
    monkeypatch.setattr("sys.stderr.fileno", lambda: 2)
    monkeypatch.setattr("os.get_terminal_size", lambda _fd: os.terminal_size((columns, 24)))
    voice.redraw("x" * 100)
    assert shown == capsys.readouterr().err.count("x")


def test_a_terminal_that_was_closed_has_80_columns(monkeypatch, capsys):
    """Its size cannot be told any more, which is no reason to stop."""

    def closed(_fd):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sys.stderr.fileno", lambda: 2)
    monkeypatch.setattr("os.get_terminal_size", closed)
    voice.redraw("x" * 100)
    assert 79 == capsys.readouterr().err.count("x")


@pytest.mark.parametrize(
    ("terminal", "environ", "coloured"),
    [(True, {}, True), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False), (False, {}, False)],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, terminal, environ, coloured):
    """Never in a pipe, never with NO_COLOR, and never on a terminal that knows no control characters."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdout", stream)
    voice.show(Report((), (Note("bad news", tone=BAD),), {}), "text")
    assert coloured == ("\x1b" in stream.getvalue())


@pytest.mark.parametrize(
    ("encoding", "term", "signs"),
    [("utf-8", "xterm", "█▌"), ("ascii", "xterm", "##"), ("latin-1", "xterm", "##"), ("utf-8", "linux", "##")],
)
def test_bars_are_made_of_what_the_terminal_can_show(monkeypatch, encoding, term, signs):
    """Eighths of a character, or whole ones where its encoding or its font has none; never in a pipe."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "80")
    report = Report((), (table([numbers("speed", drawn=True)], [[decimal(16.0)], [decimal(1.0)]]),), {})
    for terminal in (True, False):
        stream = io.TextIOWrapper(io.BytesIO(), encoding)
        monkeypatch.setattr(stream, "isatty", lambda answer=terminal: answer)
        monkeypatch.setattr("sys.stdout", stream)
        voice.show(report, "text")
        stream.flush()
        last = stream.buffer.getvalue().decode(encoding).splitlines()[-1]
        assert ["1.00", *([signs] if terminal else [])] == last.split()
