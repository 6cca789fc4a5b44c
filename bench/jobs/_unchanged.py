"""Whether items are still what they were before a function was called with them.

That their bytes are others says nothing alone: many an object computes something at first use, and keeps it.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

from bench.jobs._compare import shown
from bench.jobs._same import same


def copy(items: Sequence[Any]) -> bytes | None:
    """Return what `first_difference` compares with; None for items that cannot be copied."""
    try:
        return pickle.dumps(items, pickle.HIGHEST_PROTOCOL)
    except Exception:
        return None


def first_difference(kept: bytes | None, items: Sequence[Any]) -> str:
    """Return the first item that has another value than its copy, as a clause; empty where none has."""
    if kept is None:
        return "some look otherwise than before"
    for at, (before, after) in enumerate(zip(pickle.loads(kept), items, strict=True)):
        if not _is_same(before, after):
            return f"item {at} was {shown(before)} and is {shown(after)}"
    return ""


def _is_same(before: Any, after: Any) -> bool:
    kind: Any = type(before)
    if kind.__eq__ is object.__eq__ and hasattr(before, "__dict__"):
        found = vars(after)  # no copy is equal here; what is new is no change
        return all(name in found and same(value, found[name]) for name, value in vars(before).items())
    return same(before, after)
