"""How wide a text may be: as wide as was asked for, else as the terminal, and in a pipe as wide as it takes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click import Context, Parameter

LEAST, MOST = 20, 100_000
"""What ``--width`` takes: below the least nobody can read a table, and the most is more than any table needs."""

_ASKED = f"{__name__}.asked"
_USUAL = 80  # what a terminal has that does not know its width


def take(context: Context, _parameter: Parameter, value: int | None) -> None:
    """Keep what ``--width`` says for whatever this command prints."""
    context.meta[_ASKED] = value


def wanted() -> int | None:
    """Return the characters a line may have: of ``--width``, else of the terminal's window; None for any number.

    ``COLUMNS`` stands in place of the window's width, as for other programs.
    """
    context = click.get_current_context(silent=True)
    asked: int | None = context.meta.get(_ASKED) if context else None
    if asked is not None or not sys.stdout.isatty():
        return asked
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told[:9]) > 0:
        return int(told[:9])
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL
    except (OSError, ValueError):  # it has been closed
        return _USUAL
