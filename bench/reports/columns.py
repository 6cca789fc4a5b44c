"""Which axes of many cases deserve a column, and what is the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.case import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.case import Case, Value


def values_of(cases: Iterable[Case]) -> dict[str, set[Value]]:
    """Return axis -> the values that occur on it, without ``none``."""
    seen: dict[str, set[Value]] = {}
    for case in cases:
        for axis, value in case.params:
            if value != NONE:
                seen.setdefault(axis, set()).add(value)
    return seen


def varying(cases: Iterable[Case]) -> list[str]:
    """Return the axes with more than one value."""
    return [axis for axis, values in values_of(cases).items() if len(values) > 1]


def constants(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return one line that names the axes with exactly one value, or no line."""
    fixed = [f"{axis} {next(iter(values))}" for axis, values in values_of(cases).items() if len(values) == 1]
    return (", ".join(fixed),) if fixed else ()
