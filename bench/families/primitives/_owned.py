"""What kinds of primitives share that know who holds them: only the holder takes them again and releases them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bench.families.primitives._proof import Proof

NO_HANDOFF = "is released only by the party that took it, so it cannot be handed on"


def prove(proof: Proof) -> None:
    """Prove that its owner alone takes it again and releases it; others get it when it was released as often."""
    lock = proof.make(1)
    proof.holds("it is taken and taken again", lock.acquire() and lock.acquire())
    proof.holds("nobody else can take it", not proof.elsewhere(lock.acquire, False))
    lock.release()
    proof.holds("released once of twice, it is still held", not proof.elsewhere(lock.acquire, False))
    proof.refused("somebody else cannot release it", lambda: proof.elsewhere(lock.release))
    lock.release()
    free = proof.elsewhere(lambda: (lock.acquire(False), lock.release())[0])
    proof.holds("released as often as taken, it is free", free)
