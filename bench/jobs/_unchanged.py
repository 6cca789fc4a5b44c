"""Whether items are still what they were before a function was called with them.

That their bytes are others says nothing alone: many an object computes something at first use, and keeps it.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

from bench.jobs._compare import shown
from bench.jobs._same import same

_LOOKS = "some look otherwise than before"


def copy(items: Sequence[Any]) -> bytes | None:
    """Return what `first_difference` compares with; None for items that cannot be copied."""
    try:
        return pickle.dumps(items, pickle.HIGHEST_PROTOCOL)
    except Exception:
        return None


def first_difference(kept: bytes | None, items: Sequence[Any]) -> str:
    """Return the first item that has another value than its copy, as a clause; empty where none has."""
    if kept is None:
        return _LOOKS
    try:
        copies = pickle.loads(kept)
        if len(copies) != len(items):
            return f"there were {len(copies)} of them and are {len(items)}"
        for at, (before, after) in enumerate(zip(copies, items, strict=True)):
            if not _is_same(before, after):
                return f"item {at} was {shown(before)} and is {shown(after)}"
    except Exception:  # of what is the user's: a copy that cannot be made, a comparison that fails
        return _LOOKS
    return ""


def _is_same(before: Any, after: Any) -> bool:
    kind = type(before)
    if kind is not type(after):
        return False
    if kind in (list, tuple):
        return len(before) == len(after) and all(map(_is_same, before, after))
    if kind is dict:
        return before.keys() == after.keys() and all(_is_same(value, after[key]) for key, value in before.items())
    if all(getattr(kind, name) is getattr(object, name) for name in ("__eq__", "__reduce_ex__")):  # no copy is equal
        found = _state(after)  # in which what is new is no change
        return all(name in found and _is_same(value, found[name]) for name, value in _state(before).items())
    return same(before, after)


def _state(value: Any) -> dict[str, Any]:
    """Return the attributes of an object, those in slots as well."""
    state: Any = object.__getstate__(value)
    parts = state if isinstance(state, tuple) else (state,)
    return {name: value for part in parts if part for name, value in part.items()}
