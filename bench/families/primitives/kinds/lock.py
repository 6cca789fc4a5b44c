"""A lock: one party is in at a time, and any party may release it."""

from __future__ import annotations

from bench.families.primitives import _cycles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.families.primitives._proof import Proof

RACES = True

alone, contended, handoff = _cycles.take_and_release, _cycles.race, _cycles.hand_on


def make(source: Any, number: int) -> Any:
    """Make a lock."""
    return source.Lock()


def prove(proof: Proof) -> None:
    """Prove that it lets one in, not even its holder again, and cannot be released twice."""
    lock = proof.make(1)
    proof.holds("a free lock is taken", lock.acquire())
    proof.holds("its holder cannot take it again", not lock.acquire(False))
    proof.holds("nobody else can take it", not proof.elsewhere(lock.acquire, False))
    lock.release()
    proof.holds("a released lock is free", proof.elsewhere(lock.acquire, False))
    lock.release()
    proof.refused("a free lock cannot be released", lock.release)
