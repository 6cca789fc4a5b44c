"""What the parties do: loops around a primitive, one per kind and pattern.

Every loop guards the same counter, which is read and written in two steps: two parties that are inside at the same
time lose a step, and the count is wrong at the end. This module is loaded in party processes, so it imports next to
nothing.

`Kit.guards` are, by pattern: for ``contended`` one primitive (for an event two to start rounds, in turn, and one for
each follower to say that it is done); for ``handoff`` one for each party, of which it waits for its own and releases
the next one's; for the others one.
"""

from __future__ import annotations

from time import perf_counter, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Loop = Callable[["Kit", int, int], int]

BARE, WATCHED, ABSENT = "bare", "watched", "absent"  # how parties use the guards; without them it is the control run


class Kit:
    """What all parties share.

    Attributes:
        guards: the primitives.
        counter: what they guard; has a ``value``.
        flags: one number per party, for conditions: whose turn it is, or whom the server has served.
        wishes: one number per party, for conditions: what customers have asked for; the server's own says closed.
        arrived: one number per party: the last run whose start it has reached.
        parties: how many.
        hold_s: seconds of work inside.
    """

    __slots__ = ("arrived", "counter", "flags", "guards", "hold_s", "parties", "wishes")

    def __init__(self, guards: list[Any], counter: Any, arrays: tuple[Any, Any, Any], hold_s: float) -> None:
        """Share the guards and the counter; the arrays have one number per party."""
        self.guards, self.counter, self.hold_s = guards, counter, hold_s
        self.flags, self.wishes, self.arrived = arrays
        self.parties = len(self.flags)

    def with_guards(self, guards: list[Any]) -> Kit:
        """Return the kit with other guards."""
        return Kit(guards, self.counter, (self.flags, self.wishes, self.arrived), self.hold_s)


class Watched:
    """A guard whose waits are timed; ``longest_s`` is the longest one."""

    def __init__(self, guard: Any) -> None:
        """Watch ``guard``."""
        self.guard = guard
        self.longest_s = 0.0

    def __getattr__(self, name: str) -> Any:
        """Return what the guard has."""
        return getattr(self.guard, name)

    def acquire(self) -> Any:
        """Acquire, and look how long that took."""
        return self._timed(self.guard.acquire)

    def wait(self) -> Any:
        """Wait, and look how long that took."""
        return self._timed(self.guard.wait)

    def _timed(self, action: Callable[[], Any]) -> Any:
        start = perf_counter()
        answer = action()
        self.longest_s = max(self.longest_s, perf_counter() - start)
        return answer


def hold(seconds: float) -> None:
    """Keep the CPU busy for so long, as real work inside a critical section does."""
    if seconds:
        end = perf_counter() + seconds
        while perf_counter() < end:
            pass


def step(kit: Kit) -> None:
    """Add one to the counter in two steps, with the work between them."""
    seen = kit.counter.value
    hold(kit.hold_s)
    kit.counter.value = seen + 1


# --- one party alone: no counter, as that would cost more than the primitive; returns how often it was granted ----


def take_and_release(guard: Any, cycles: int) -> int:
    """Acquire and release."""
    acquire, release, granted = guard.acquire, guard.release, 0
    for _ in range(cycles):
        granted += acquire()
        release()
    return granted


def take_again(guard: Any, cycles: int) -> int:
    """Acquire and release what this party already holds."""
    guard.acquire()
    try:
        return take_and_release(guard, cycles)
    finally:
        guard.release()


def set_and_clear(guard: Any, cycles: int) -> int:
    """Set an event, wait for it, clear it."""
    granted = 0
    for _ in range(cycles):
        guard.set()
        granted += guard.wait()
        guard.clear()
    return granted


def notify_nobody(guard: Any, cycles: int) -> int:
    """Notify on a condition that nobody waits for."""
    granted = 0
    for _ in range(cycles):
        granted += guard.acquire()
        guard.notify()
        guard.release()
    return granted


def meet_nobody(guard: Any, cycles: int) -> int:
    """Wait at a barrier of one party; the index of the only one is 0."""
    wait, granted = guard.wait, 0
    for _ in range(cycles):
        granted += wait() == 0
    return granted


ALONE = {
    "lock": take_and_release,
    "rlock": take_and_release,
    "semaphore": take_and_release,
    "bounded-semaphore": take_and_release,
    "value-lock": take_and_release,
    "event": set_and_clear,
    "condition": notify_nobody,
    "barrier": meet_nobody,
}


# --- contended: (kit, own index, cycles of all together) -> how many cycles were this party's ---------------------


def race(kit: Kit, index: int, cycles: int) -> int:
    """Compete for the counter until it has reached ``cycles``."""
    guard, counter, mine = kit.guards[0], kit.counter, 0
    acquire, release, hold_s = guard.acquire, guard.release, kit.hold_s
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


def broadcast(kit: Kit, index: int, cycles: int) -> int:
    """Party 0 starts round after round for all others at once, and waits until they have answered."""
    rounds, done = kit.guards[:2], kit.guards[2:]
    followers = kit.parties - 1
    for turn in range(cycles):
        start, other = rounds[turn % 2], rounds[(turn + 1) % 2]
        if index == 0:
            other.clear()  # all have passed it: they have answered the last round
            step(kit)
            start.set()
            for answer in done:
                answer.wait()
                answer.clear()
        else:
            start.wait()
            if turn % followers == index - 1:
                step(kit)
            done[index - 1].set()
    return cycles


def serve_customers(kit: Kit, index: int, cycles: int) -> int:
    """Party 0 serves customers, the others queue up again and again until it closes."""
    return _serve(kit, cycles) if index == 0 else _queue_up(kit, index)


def _serve(kit: Kit, cycles: int) -> int:
    guard, served, wishes = kit.guards[0], kit.flags, kit.wishes
    customers = kit.parties - 1
    last = 0
    for _ in range(cycles):
        guard.acquire()
        while not (waiting := [c for c in range(1, customers + 1) if wishes[c] > served[c]]):
            guard.wait()
        # In turn, from behind the one who was served last.
        last = min(waiting, key=lambda customer: (customer - last - 1) % customers)
        served[last] += 1
        step(kit)
        guard.notify_all()
        guard.release()
    guard.acquire()
    wishes[0] = 1
    guard.notify_all()
    guard.release()
    return 0


def _queue_up(kit: Kit, index: int) -> int:
    guard, served, wishes, mine = kit.guards[0], kit.flags, kit.wishes, 0
    while True:
        guard.acquire()
        wishes[index] += 1
        guard.notify_all()
        while served[index] < wishes[index] and not wishes[0]:
            guard.wait()
        if served[index] < wishes[index]:
            guard.release()
            return mine
        step(kit)
        guard.release()
        mine += 1


def meet(kit: Kit, index: int, cycles: int) -> int:
    """Meet at the barrier; between two meetings one party, in turn, has the counter to itself."""
    wait, parties = kit.guards[0].wait, kit.parties
    for turn in range(cycles):
        wait()
        if turn % parties == index:
            step(kit)
    return cycles


CONTENDED: dict[str, Loop] = {
    "lock": race,
    "rlock": race,
    "semaphore": race,
    "bounded-semaphore": race,
    "value-lock": race,
    "event": broadcast,
    "condition": serve_customers,
    "barrier": meet,
}


# --- handoff: a ring in which each party waits for its turn and hands it on ---------------------------------------


def hand_on_lock(kit: Kit, index: int, cycles: int) -> int:
    """Take the own lock, release the next one's."""
    acquire, release = kit.guards[index].acquire, kit.guards[(index + 1) % kit.parties].release
    for _ in range(cycles // kit.parties):
        acquire()
        step(kit)
        release()
    return cycles // kit.parties


def hand_on_event(kit: Kit, index: int, cycles: int) -> int:
    """Wait for the own event, set the next one's."""
    own, following = kit.guards[index], kit.guards[(index + 1) % kit.parties]
    for _ in range(cycles // kit.parties):
        own.wait()
        own.clear()
        step(kit)
        following.set()
    return cycles // kit.parties


def hand_on_condition(kit: Kit, index: int, cycles: int) -> int:
    """Wait for the own flag on the own condition, set the next one's and notify it."""
    turns, following = kit.flags, (index + 1) % kit.parties
    own, theirs = kit.guards[index], kit.guards[following]
    for _ in range(cycles // kit.parties):
        own.acquire()
        while not turns[index]:
            own.wait()
        turns[index] = 0
        own.release()
        step(kit)
        theirs.acquire()
        turns[following] = 1
        theirs.notify()
        theirs.release()
    return cycles // kit.parties


HANDOFF: dict[str, Loop] = {
    "lock": hand_on_lock,
    "semaphore": hand_on_lock,
    "bounded-semaphore": hand_on_lock,
    "event": hand_on_event,
    "condition": hand_on_condition,
}


# --- the control run ----------------------------------------------------------------------------------------------


def free_for_all(kit: Kit, index: int, cycles: int) -> int:
    """Take as many steps, and nobody waits for anybody: the count must be able to end wrong."""
    for _ in range(cycles // kit.parties):
        step(kit)
    return cycles // kit.parties


# --- a party ------------------------------------------------------------------------------------------------------


def serve(
    kit: Kit, index: int, kind: str, pattern: str, receive: Callable[[], Any], send: Callable[[Any], None]
) -> None:
    """Do runs as they are asked for, until the request is None.

    A request is (number of the run, how to use the guards, cycles); the answer (own cycles, longest wait in seconds)
    or the text of an error.
    """
    while (request := receive()) is not None:
        run, manner, cycles = request
        try:
            send(_run(kit, index, kind, pattern, run, manner, cycles))
        except Exception as error:
            send(f"{type(error).__name__}: {error}")


def _run(kit: Kit, index: int, kind: str, pattern: str, run: int, manner: str, cycles: int) -> tuple[int, float]:
    loop = free_for_all if manner == ABSENT else (CONTENDED if pattern == "contended" else HANDOFF)[kind]
    if manner == WATCHED:
        kit = kit.with_guards([Watched(guard) for guard in kit.guards])
    kit.arrived[index] = run
    while min(kit.arrived) < run:  # a party that starts early would have the primitive to itself
        sleep(0)
    mine = loop(kit, index, cycles)
    return mine, max((guard.longest_s for guard in kit.guards), default=0.0) if manner == WATCHED else 0.0


def serve_connection(kit: Kit, index: int, kind: str, pattern: str, connection: Any) -> None:
    """Serve requests that come through a connection; what a party process does."""
    serve(kit, index, kind, pattern, connection.recv, connection.send)


def serve_line(told: Any, line: Any, served: Any) -> None:
    """Serve the textbook's customers, who queue up in a list, until the one who is nobody."""
    while True:
        told.acquire()
        while not len(line):
            told.wait()
        customer = line.pop(0)
        told.release()
        if customer is None:
            return
        served.append(customer)
