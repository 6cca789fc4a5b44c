"""A lock that its holder may take again, and that nobody else may release."""

from __future__ import annotations

from bench.families.primitives import _cycles, _owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RACES = True
NO_HANDOFF = _owned.NO_HANDOFF

alone, nested, contended = _cycles.take_and_release, _cycles.take_again, _cycles.race
prove = _owned.prove


def make(source: Any, number: int) -> Any:
    """Make a lock that can be taken again."""
    return source.RLock()
