"""A number of places that parties take and give back; any party may add one."""

from __future__ import annotations

from bench.families.primitives import _cycles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.families.primitives._proof import Proof

RACES = True

alone, contended, handoff = _cycles.take_and_release, _cycles.race, _cycles.hand_on


def make(source: Any, number: int) -> Any:
    """Make a semaphore with ``number`` places."""
    return source.Semaphore(number)


def prove(proof: Proof) -> None:
    """Prove that at most so many are in at once, and that every release makes a place."""
    semaphore = proof.make(2)
    proof.holds("two places can be taken", semaphore.acquire() and semaphore.acquire())
    proof.holds("at most two are in at once", not proof.elsewhere(semaphore.acquire, False))
    for _ in range(3):
        semaphore.release()
    proof.holds("every release makes a place", all(semaphore.acquire(False) for _ in range(3)))
