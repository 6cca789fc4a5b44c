"""An event: a flag that is set and cleared, and that parties wait for."""

from __future__ import annotations

from bench.families.primitives._cycles import step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.families.primitives._cycles import Shared
    from bench.families.primitives._proof import Proof

LEADS = True


def make(source: Any, number: int) -> Any:
    """Make an event."""
    return source.Event()


def prove(proof: Proof) -> None:
    """Prove that it begins cleared, wakes who waits when it is set, stays set, and can be cleared."""
    event = proof.make(1)
    proof.holds("a new event is not set", not event.is_set() and not event.wait(0))
    waiter = proof.begun(event.wait, proof.deadline_s)
    event.set()
    proof.holds("setting it wakes who waits", waiter.result())
    proof.holds("it stays set", event.is_set() and event.wait(0))
    event.clear()
    proof.holds("it can be cleared", not event.is_set() and not event.wait(0))


def alone(event: Any, cycles: int) -> int:
    """Set an event, wait for it, clear it."""
    granted = 0
    for _ in range(cycles):
        event.set()
        granted += event.wait()
        event.clear()
    return granted


def contended_primitives(make: Callable[[int], Any], parties: int) -> list[Any]:
    """Make two to start rounds, in turn, and one for each follower to say that it is done."""
    return [make(1) for _ in range(2 + parties - 1)]


def contended(shared: Shared, index: int, cycles: int) -> int:
    """Party 0 starts round after round for all others at once, and waits until they have answered."""
    rounds, done = shared.primitives[:2], shared.primitives[2:]
    followers = shared.parties - 1
    for turn in range(cycles):
        start, other = rounds[turn % 2], rounds[(turn + 1) % 2]
        if index == 0:
            other.clear()  # all have passed it: they have answered the last round
            step(shared)
            start.set()
            for answer in done:
                answer.wait()
                answer.clear()
        else:
            start.wait()
            if turn % followers == index - 1:
                step(shared)
            done[index - 1].set()
    return cycles


def handoff_primitives(make: Callable[[int], Any], parties: int) -> list[Any]:
    """Make one for each party; the first is set."""
    events = [make(1) for _ in range(parties)]
    events[0].set()
    return events


def handoff(shared: Shared, index: int, cycles: int) -> int:
    """Wait for the own event, set the next one's."""
    own, following = shared.primitives[index], shared.primitives[(index + 1) % shared.parties]
    for _ in range(cycles // shared.parties):
        own.wait()
        own.clear()
        step(shared)
        following.set()
    return cycles // shared.parties
