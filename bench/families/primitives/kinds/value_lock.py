"""A number in shared memory with a lock of its own, which its holder may take again and which guards that number."""

from __future__ import annotations

from bench.families.primitives import _cycles, _owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RACES = True
COUNTS = True
NO_HANDOFF = _owned.NO_HANDOFF

alone, nested, contended = _cycles.take_and_release, _cycles.take_again, _cycles.race
prove = _owned.prove


def make(source: Any, number: int) -> Any:
    """Make a number with its lock."""
    return source.Value("q", 0)
