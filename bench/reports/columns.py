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
    """Return the axes with more than one value, and those by whose ``none`` alone two cases of a member differ."""
    cases = tuple(cases)
    values = values_of(cases)
    found = {axis for axis, several in values.items() if len(several) > 1}
    alike: dict[tuple[Value, ...], list[dict[str, Value]]] = {}
    for case in cases:
        params = dict(case.params)
        shown = (params.get(axis, NONE) for axis in sorted(found))
        alike.setdefault((case.family, case.member, *shown), []).append(params)
    for group in alike.values():
        found |= {axis for axis in values if len({params.get(axis, NONE) for params in group}) > 1}
    return [axis for axis in values if axis in found]


def constants(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return one line that names the axes with exactly one value, or no line."""
    fixed = [f"{axis} {value}" for axis, value in shared(cases).items()]
    return (", ".join(fixed),) if fixed else ()


def shared(cases: Iterable[Case]) -> dict[str, Value]:
    """Return the axes that need no column -> their one value."""
    cases = tuple(cases)
    apart = varying(cases)
    return {axis: next(iter(values)) for axis, values in values_of(cases).items() if axis not in apart}
