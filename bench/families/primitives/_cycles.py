"""What parties share, and the loops that more than one kind of primitive needs.

Every loop guards the same counter, which is read and written in two steps: two parties that are inside at the same
time lose a step, and the count is wrong at the end. This module is loaded in party processes, so it imports next to
nothing.
"""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Alone = Callable[[Any, int], int]  # (primitive, cycles) -> how often it was granted
    Loop = Callable[["Shared", int, int], int]  # (shared, own index, cycles of all together) -> own cycles


class Number:
    """What threads guard: a plain number, as in their programs; a value of ctypes costs more than many a lock."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        """Begin at 0."""
        self.value = 0


class Shared:
    """What all parties share.

    Attributes:
        primitives: what they wait with, as their kind has made them.
        counter: what the primitives guard; has a ``value``.
        flags: one number per party, for conditions: whose turn it is, or whom the server has served.
        requests: one number per party, for conditions: what customers have asked for; the server's own says closed.
        arrived: one number per party: the last run whose start it has reached.
        parties: how many.
        hold_s: seconds of work inside.
    """

    __slots__ = ("arrived", "counter", "flags", "hold_s", "parties", "primitives", "requests")

    def __init__(self, primitives: list[Any], counter: Any, arrays: tuple[Any, Any, Any], hold_s: float) -> None:
        """Share the primitives and the counter; the arrays have one number per party."""
        self.primitives, self.counter, self.hold_s = primitives, counter, hold_s
        self.flags, self.requests, self.arrived = arrays
        self.parties = len(self.flags)

    def with_primitives(self, primitives: list[Any]) -> Shared:
        """Return the same with other primitives."""
        return Shared(primitives, self.counter, (self.flags, self.requests, self.arrived), self.hold_s)


def hold(seconds: float) -> None:
    """Keep the CPU busy for so long, as real work inside a critical section does."""
    if seconds:
        end = perf_counter() + seconds
        while perf_counter() < end:
            pass


def step(shared: Shared) -> None:
    """Add one to the counter in two steps, with the work between them."""
    seen = shared.counter.value
    hold(shared.hold_s)
    shared.counter.value = seen + 1


# --- one party alone: no counter, as that would cost more than the primitive --------------------------------------


def take_and_release(primitive: Any, cycles: int) -> int:
    """Acquire and release."""
    acquire, release, granted = primitive.acquire, primitive.release, 0
    for _ in range(cycles):
        granted += acquire()
        release()
    return granted


def take_again(primitive: Any, cycles: int) -> int:
    """Acquire and release what this party already holds."""
    primitive.acquire()
    try:
        return take_and_release(primitive, cycles)
    finally:
        primitive.release()


# --- several parties ----------------------------------------------------------------------------------------------


def race(shared: Shared, index: int, cycles: int) -> int:
    """Compete for the counter until it has reached ``cycles``."""
    primitive, counter, mine = shared.primitives[0], shared.counter, 0
    acquire, release, hold_s = primitive.acquire, primitive.release, shared.hold_s
    while True:
        acquire()
        seen = counter.value
        if seen >= cycles:
            release()
            return mine
        hold(hold_s)
        counter.value = seen + 1
        release()
        mine += 1


def hand_on(shared: Shared, index: int, cycles: int) -> int:
    """Acquire the own primitive, release the next party's."""
    acquire = shared.primitives[index].acquire
    release = shared.primitives[(index + 1) % shared.parties].release
    for _ in range(cycles // shared.parties):
        acquire()
        step(shared)
        release()
    return cycles // shared.parties


def unguarded(shared: Shared, index: int, cycles: int) -> int:
    """Take as many steps, and nobody waits for anybody: the count must be able to end wrong."""
    for _ in range(cycles // shared.parties):
        step(shared)
    return cycles // shared.parties
