"""Names of cases: by what tells them apart in one record, and short ones that stay the same from record to record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core import families, jobs
from bench.core.case import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.core.case import Case

_COUNTS = ("workers", "parties")
"""Axes whose default is that of the machine: a name always tells them, by a number and this word."""

_START = "fork"
"""The start method that needs no word; what a Python takes by itself changes from version to version."""


def apart(case: Case, axes: Sequence[str], side: str = "") -> str:
    """Name a case by its member, its side, and these axes, which tell it from others."""
    params = dict(case.params)
    told = [f"{axis}={params[axis]}" for axis in axes if params.get(axis, NONE) != NONE]
    return " ".join(word for word in (case.member, side, *told) if word)


def short(cases: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return id -> short name, such as ``pool, 2 workers``: what differs from a plain command is told, and no more.

    It depends on nothing but the case itself, so that a service finds it again in the next record. Cases that share
    such a name keep their ids.

    Args:
        cases: each with ``id``, and ``family``, ``member`` and ``params`` where it is one of primebench.
    """
    names = {
        case["id"]: _short(case["family"], case["member"], case["params"]) if "params" in case else case["id"]
        for case in cases
    }
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: key if name in shared else name for key, name in names.items()}


def _short(family: str, member: str, params: Mapping[str, Any]) -> str:
    usual = _usual(family, params)
    words = [member]
    for axis in _COUNTS:
        count = params.get(axis)
        if isinstance(count, int):
            words.append(f"{count} {axis if count != 1 else {'parties': 'party'}.get(axis, axis.removesuffix('s'))}")
    for axis, value in params.items():
        if axis not in _COUNTS and value not in (NONE, usual.get(axis, NONE)):
            words.append(str(value) if axis in ("start", "side") else f"{axis} {value}")
    return ", ".join(words)


def _usual(family: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that a command takes which names none."""
    axes = list(families.load(family).axes) if family in {one.name for one in families.every()} else []
    for job in (jobs.ours(dict(params)), jobs.load(jobs.DEFAULT)):
        axes += job.axes if job else ()
    return {axis.name: axis.default() for axis in axes if axis.name not in _COUNTS} | {"start": _START}
