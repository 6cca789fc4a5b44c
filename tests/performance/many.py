"""What is measured with many CPUs only: rows that elsewhere say how many there are, and are no failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from row import Row

from bench.core.cpus import usable_workers

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 16  # CPUs of the machine that the goals name


def row(what: str, unit: str, goal: float | None, measure: Callable[[], Row]) -> Row:
    """Return what `measure` returns, or on fewer usable CPUs a row without a figure that says so.

    Args:
        what: as in `Row`, where nothing is measured.
        unit: as in `Row`.
        goal: at most, in `unit`; None where the figure is only shown.
        measure: returns the row, with the same three.
    """
    usable = usable_workers()
    if usable >= MANY:
        return measure()
    return Row(what, None, unit, "at most", goal, note=f"not measurable here: {usable} usable CPUs")
