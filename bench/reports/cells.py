"""Cells that hold numbers: each kind of number is written in one way, whichever table it stands in."""

from __future__ import annotations

from bench.core.units import format_seconds
from bench.reports.report import Cell

NOTHING = Cell("-")
"""Where a number would stand if there were one."""

_FEW = 0.1
"""A speed-up below this would lose its meaning with two decimals."""


def seconds(value: float | None, low: float | None = None, high: float | None = None) -> Cell:
    """Return a time in the unit that suits it: ``1.23 ms``."""
    return NOTHING if value is None else Cell(format_seconds(value), value, "s", low, high)


def percent(ratio: float | None, low: float | None = None, high: float | None = None, digits: int = 0) -> Cell:
    """Return a ratio as percent: 0.93 is ``93 %``."""
    return NOTHING if ratio is None else Cell(f"{100 * ratio:.{digits}f} %", ratio, "", low, high)


def decimal(value: float | None, digits: int = 2, low: float | None = None, high: float | None = None) -> Cell:
    """Return a plain number with so many decimals."""
    return NOTHING if value is None else Cell(f"{value:.{digits}f}", value, "", low, high)


def speedup(value: float | None, low: float | None = None, high: float | None = None) -> Cell:
    """Return a speed-up: with two decimals, and a small one with three."""
    return decimal(value, 3 if value is not None and value < _FEW else 2, low, high)


def count(value: int) -> Cell:
    """Return a whole number."""
    return Cell(str(value), value)


def interval(low: float | None, high: float | None, digits: int = 2) -> Cell:
    """Return both ends of an interval of plain numbers; one that lacks an end is none."""
    if low is None or high is None:
        return NOTHING
    return Cell(f"{low:.{digits}f} .. {high:.{digits}f}", None, "", low, high)


def percents(low: float | None, high: float | None) -> Cell:
    """Return both ends of an interval of ratios, as percent."""
    if low is None or high is None:
        return NOTHING
    return Cell(f"{100 * low:.0f} .. {100 * high:.0f} %", None, "", low, high)


def because(shown: str, *reasons: str) -> Cell:
    """Return a text with the reasons behind it, of which empty ones are none."""
    return Cell(shown, shown, reasons=tuple(reason for reason in reasons if reason))
