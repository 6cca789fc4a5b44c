"""A lock: one party is in at a time, and any party may release it."""

from __future__ import annotations

from bench.families.primitives import _cycles, _unowned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RACES = True

alone, contended, handoff = _cycles.take_and_release, _cycles.race, _cycles.hand_on
prove = _unowned.prove


def make(source: Any, number: int) -> Any:
    """Make a lock."""
    return source.Lock()
