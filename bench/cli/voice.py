"""Print data on stdout and messages on stderr, in colour only on a terminal that wants it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import width
from bench.core import catalog
from bench.core.visible import visible

if TYPE_CHECKING:
    from bench.reports.report import Report

FORMATS = "bench.reports.formats"


def warn(text: str) -> None:
    """Say something that the user should know, on stderr."""
    click.echo(_coloured("warning: ", "yellow") + visible(text), err=True)


def note(text: str) -> None:
    """Say where something went or what comes next, on stderr."""
    click.echo(visible(text), err=True)


def show(report: Report, form: str) -> None:
    """Print a report on stdout, within the width there is; Markdown goes to the job summary of GitHub Actions, too."""
    module = catalog.load(FORMATS, form, needs=("render",))
    render, fit = module.render, getattr(module, "fit", None)
    columns = width.wanted()
    click.echo(fit(report, columns) if fit and columns else render(report))
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


def _coloured(text: str, colour: str) -> str:
    wanted = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, fg=colour) if wanted else text


class Progress:
    """One line on stderr that tells what was just measured and how long the rest will take; silent off a terminal."""

    def __init__(self, total: int, seconds: float = 0.0) -> None:
        """Count ``total`` visits, or, where that is 0, down from so many seconds."""
        self.total, self.done, self.seconds = total, 0, seconds
        self.started = time.monotonic()
        self.visible = sys.stderr.isatty()

    def close(self) -> None:
        """Leave the line to whatever is printed next."""
        self._write("")

    def begin(self, what: str) -> None:
        """Say what is being measured."""
        self._write(f"{self._count(self.done + 1)} {what} ...{self._left()}")

    def finish(self, what: str, outcome: str, *, first: bool, everywhere: bool = False) -> None:
        """Count a visit; the first of each case leaves a line behind, off a terminal too where each takes long."""
        self.done += 1
        if (self.visible and first) or everywhere:
            self._write("")
            note(f"{what}: {outcome}" if self.visible else f"{self._count(self.done)} {what}: {outcome}")
        self._write(f"{self._count(self.done)} {what}: {outcome}{self._left()}")

    def _count(self, number: int) -> str:
        return f"[{number}/{self.total}]" if self.total else f"[{number}]"

    def _left(self) -> str:
        if not self.done or self.done == self.total:
            return ""
        spent_s = time.monotonic() - self.started
        left_s = spent_s / self.done * (self.total - self.done) if self.total else max(0.0, self.seconds - spent_s)
        return f", about {left_s:.0f} s left" if left_s < 100 else f", about {left_s / 60:.0f} min left"

    def _write(self, text: str) -> None:
        if self.visible:
            redraw(text)
