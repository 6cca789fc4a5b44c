"""A party: it does runs of cycles as they are asked for, and may time its waits. Loaded in party processes."""

from __future__ import annotations

from time import perf_counter, sleep

from bench.families.primitives._cycles import unguarded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.families.primitives._cycles import Loop, Shared

PLAIN, TIMED, UNGUARDED = "plain", "timed", "unguarded"  # how a run uses the primitives; the last is the control run


class Timed:
    """A primitive whose waits are timed; ``longest_s`` is the longest one."""

    def __init__(self, primitive: Any) -> None:
        """Time the waits of ``primitive``."""
        self.primitive = primitive
        self.longest_s = 0.0

    def __getattr__(self, name: str) -> Any:
        """Return what the primitive has."""
        return getattr(self.primitive, name)

    def acquire(self) -> Any:
        """Acquire, and look how long that took."""
        return self._timed(self.primitive.acquire)

    def wait(self) -> Any:
        """Wait, and look how long that took."""
        return self._timed(self.primitive.wait)

    def _timed(self, action: Callable[[], Any]) -> Any:
        start = perf_counter()
        answer = action()
        self.longest_s = max(self.longest_s, perf_counter() - start)
        return answer


def serve(shared: Shared, index: int, loop: Loop, receive: Callable[[], Any], send: Callable[[Any], None]) -> None:
    """Do runs as they are asked for, until the request is None.

    A request is (number of the run, how to use the primitives, cycles); the answer (own cycles, longest wait in
    seconds) or the text of an error.
    """
    while (request := receive()) is not None:
        run, mode, cycles = request
        try:
            send(_run(shared, index, loop, run, mode, cycles))
        except Exception as error:
            send(f"{type(error).__name__}: {error}")


def _run(shared: Shared, index: int, loop: Loop, run: int, mode: str, cycles: int) -> tuple[int, float]:
    timed: list[Timed] = []
    if mode == TIMED:
        timed = [Timed(primitive) for primitive in shared.primitives]
        shared = shared.with_primitives(timed)
    shared.arrived[index] = run
    while min(shared.arrived) < run:  # a party that starts early would have the primitive to itself
        sleep(0)
    mine = (unguarded if mode == UNGUARDED else loop)(shared, index, cycles)
    return mine, max((each.longest_s for each in timed), default=0.0)


def serve_connection(shared: Shared, index: int, loop: Loop, connection: Any) -> None:
    """Serve requests that come through a connection; what a party process does."""
    serve(shared, index, loop, connection.recv, connection.send)
