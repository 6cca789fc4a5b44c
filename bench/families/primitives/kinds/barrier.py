"""A barrier: nobody goes on before all have arrived."""

from __future__ import annotations

from threading import BrokenBarrierError

from bench.families.primitives._cycles import step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.families.primitives._cycles import Shared
    from bench.families.primitives._proof import Proof

NO_HANDOFF = "lets all parties go at once and has no turn to hand on"


def make(source: Any, number: int, **options: Any) -> Any:
    """Make a barrier for ``number`` parties."""
    return source.Barrier(number, **options)


def prove(proof: Proof) -> None:
    """Prove that all go on together after its action, and that one who waits too long breaks it until it is reset."""
    acted = proof.event()
    barrier = proof.make(2, action=acted.set)
    other = proof.begun(barrier.wait)
    proof.holds("each of two parties gets a number of its own", sorted([barrier.wait(), other.result()]) == [0, 1])
    proof.holds("its action ran", acted.is_set())
    proof.holds("it is whole", not barrier.broken)
    proof.holds("a wait that nobody joins times out", _breaks(barrier.wait, proof.moment_s))
    proof.holds("then it is broken", barrier.broken)
    both = _breaks(barrier.wait) and proof.elsewhere(_breaks, barrier.wait)
    proof.holds("a broken barrier lets nobody wait", both)
    barrier.reset()
    proof.holds("reset, it is whole", not barrier.broken)
    other = proof.begun(barrier.wait)
    proof.holds("reset, it works", sorted([barrier.wait(), other.result()]) == [0, 1])


def _breaks(wait: Callable[..., Any], *timeout: float) -> bool:
    try:
        wait(*timeout)
    except BrokenBarrierError:
        return True
    return False


def alone(barrier: Any, cycles: int) -> int:
    """Wait at a barrier of one party; the index of the only one is 0."""
    wait, granted = barrier.wait, 0
    for _ in range(cycles):
        granted += wait() == 0
    return granted


def contended_primitives(make: Callable[[int], Any], parties: int) -> list[Any]:
    """Make one for all parties."""
    return [make(parties)]


def contended(shared: Shared, index: int, cycles: int) -> int:
    """Meet at the barrier; between two meetings one party, in turn, has the counter to itself."""
    wait, parties = shared.primitives[0].wait, shared.parties
    for turn in range(cycles):
        wait()
        if turn % parties == index:
            step(shared)
    return cycles
