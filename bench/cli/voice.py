"""Print data on stdout and messages on stderr, in colour only on a terminal that wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bench.cli import width
from bench.core import catalog
from bench.core.visible import visible

if TYPE_CHECKING:
    from bench.reports.report import Report

FORMATS = "bench.reports.formats"

_EIGHTHS, _WHOLE = "▏▎▍▌▋▊▉█", "#"


def warn(text: str) -> None:
    """Say something that the user should know, on stderr."""
    click.echo(_coloured("warning: ", "yellow") + visible(text), err=True)


def note(text: str) -> None:
    """Say where something went or what comes next, on stderr."""
    click.echo(visible(text), err=True)


def show(report: Report, form: str) -> None:
    """Print a report on stdout, within the width there is; Markdown goes to the job summary of GitHub Actions, too."""
    module = catalog.load(FORMATS, form, needs=("render",))
    render, fit, on_terminal = module.render, getattr(module, "fit", None), getattr(module, "on_terminal", None)
    columns = width.wanted()
    if on_terminal and sys.stdout.isatty():
        text = on_terminal(report, columns, _signs(sys.stdout), coloured=_takes_colour(sys.stdout))
        click.echo(text, file=sys.stdout, color=True)
    else:
        # Named, since click writes UTF-8 where it believes an encoding to be a mistake.
        click.echo(fit(report, columns) if fit and columns else render(report), file=sys.stdout)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if form == "markdown" and summary:
        from bench.cli import job_summary

        try:
            job_summary.append(Path(summary), report, render)
        except OSError as error:
            warn(f"the job summary {summary} cannot be written: {error.strerror or error}.")


def redraw(text: str) -> None:
    """Put a text in place of the terminal's last line on stderr, cut where the line would break."""
    try:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
    except OSError:  # the terminal has been closed, and the command goes on
        columns = 0
    columns = columns or 80  # 0 is also a terminal that was told no size
    click.echo("\r\x1b[K" + visible(text)[: columns - 1], err=True, nl=False)


def can_redraw() -> bool:
    """Say whether stderr is a terminal that understands control characters."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _coloured(text: str, colour: str) -> str:
    return click.style(text, fg=colour) if _takes_colour(sys.stderr) else text


def _signs(stream: TextIO) -> str:
    """Return what bars are made of there: eighths of a character where the terminal can show them, else whole ones.

    The text console of Linux has a font of 256 characters, and eighths are not among them.
    """
    try:
        _EIGHTHS.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return _WHOLE
    return _WHOLE if os.environ.get("TERM") in ("linux", "dumb") else _EIGHTHS


def _takes_colour(stream: TextIO) -> bool:
    """Say whether somebody sees colours there and wants them; https://no-color.org says how they are refused."""
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
