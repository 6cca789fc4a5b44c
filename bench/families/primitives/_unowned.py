"""What kinds of primitives share that do not know who holds them: one is let in, and anybody may release them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bench.families.primitives._proof import Proof


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
