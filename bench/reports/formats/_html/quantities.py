"""Values of an axis as people read them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bench.core.units import format_seconds

if TYPE_CHECKING:
    from bench.reports.report import Axis


def quantity(value: float | str | None, axis: Axis) -> str:
    """Return a value with the unit of its axis; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if axis.unit == "s":
        return format_seconds(value)
    if axis.unit == "%":
        return f"{100 * value:.4g} %"
    if axis.unit == "date":
        return f"{dt.datetime.fromtimestamp(value, tz=dt.UTC):%Y-%m-%d %H:%M}"
    number = f"{value:,.0f}" if value == int(value) else f"{value:.4g}"
    return f"{number} {axis.unit}".rstrip()
