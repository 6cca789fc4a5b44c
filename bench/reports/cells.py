"""Cells that hold numbers: each kind of number is written in one way, whichever table it stands in."""

from __future__ import annotations

from dataclasses import replace

from bench.core.record import FAILURE_KINDS
from bench.core.units import format_decimal, format_percent, format_seconds, format_value
from bench.reports.report import BAD, DOUBTFUL, Cell

NOTHING = Cell("-")
"""Where a number would stand if there were one."""


def seconds(value: float | None, low: float | None = None, high: float | None = None) -> Cell:
    """Return a time in the unit that suits it: ``1.23 ms``."""
    return NOTHING if value is None else Cell(format_seconds(value), value, "s", low, high)


def percent(ratio: float | None, low: float | None = None, high: float | None = None, digits: int = 0) -> Cell:
    """Return a ratio as percent: 0.93 is ``93 %``."""
    return NOTHING if ratio is None else Cell(format_percent(ratio, digits), ratio, "", low, high)


def decimal(value: float | None, digits: int = 2, low: float | None = None, high: float | None = None) -> Cell:
    """Return a plain number with so many decimals, a small one with more."""
    return NOTHING if value is None else Cell(format_decimal(value, digits), value, "", low, high)


def size(value: int | None) -> Cell:
    """Return a size in the binary unit that suits it: ``12.3 MiB``."""
    return NOTHING if value is None else Cell(format_value(value, "byte"), value, "B")


def count(value: int) -> Cell:
    """Return a whole number."""
    return Cell(str(value), value)


def interval(low: float | None, high: float | None, digits: int = 2) -> Cell:
    """Return both ends of an interval of plain numbers; one that lacks an end is none."""
    if low is None or high is None:
        return NOTHING
    return Cell(f"{format_decimal(low, digits)} .. {format_decimal(high, digits)}", None, "", low, high)


def percents(low: float | None, high: float | None) -> Cell:
    """Return both ends of an interval of ratios, as percent."""
    if low is None or high is None:
        return NOTHING
    return Cell(f"{format_percent(low).removesuffix(' %')} .. {format_percent(high)}", None, "", low, high)


def because(shown: str, *reasons: str) -> Cell:
    """Return a text with the reasons behind it, of which empty ones are none."""
    return Cell(shown, shown, reasons=tuple(reason for reason in reasons if reason))


def verdict(shown: str, *reasons: str) -> Cell:
    """Return a verdict or a state with the reasons behind it, and whether it is bad or not to be trusted."""
    return replace(because(shown, *reasons), tone=tone_of(shown))


def doubts(shown: str, *reasons: str) -> Cell:
    """Return why figures are in doubt, where they are."""
    found = because(shown, *reasons)
    return replace(found, tone=DOUBTFUL) if found.reasons else found


def tone_of(verdict: str) -> str:
    """Return whether a verdict or a state of a case is bad, or says that nothing can be concluded."""
    word = verdict.partition(",")[0]
    if word in ("regressed", "failed", "void", *FAILURE_KINDS):
        return BAD
    return DOUBTFUL if word in ("inconclusive", "undecided", "not comparable") else ""
