"""A number that threads count up under a threading.Lock of its own: without one, += may lose counts."""

from __future__ import annotations

from typing import Any

from bench.families.primitives import _cycles, _unowned

SOURCE = "threading"
RACES = True
COUNTS = True
NO_HANDOFF = "guards its own number and has no turn to hand on"

alone, contended = _cycles.take_and_release, _cycles.race
prove = _unowned.prove


class Counter:
    """A number with its lock."""

    __slots__ = ("acquire", "release", "value")

    def __init__(self, guard: Any) -> None:
        """Begin at 0; the lock's own methods are those of the counter."""
        self.acquire, self.release, self.value = guard.acquire, guard.release, 0


def make(source: Any, number: int) -> Counter:
    """Make a number with its lock."""
    return Counter(source.Lock())
