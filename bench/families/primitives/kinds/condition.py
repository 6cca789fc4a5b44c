"""A condition: a lock whose holder can wait until another party notifies it.

Contended, it is the textbook's shop: customers queue up, and party 0 serves them in turn.
"""

from __future__ import annotations

from time import sleep

from bench.families.primitives._cycles import step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.families.primitives._cycles import Shared
    from bench.families.primitives._proof import Proof

RACES = True
LEADS = True

_CUSTOMERS = 5


def make(source: Any, number: int) -> Any:
    """Make a condition with a lock of its own."""
    return source.Condition()


def prove(proof: Proof) -> None:
    """Prove that a wait can time out, notify wakes one and notify_all the rest; serve the textbook's customers."""
    condition = proof.make(1)
    condition.acquire()
    proof.holds("a wait that nobody ends times out", not condition.wait(proof.moment_s))
    condition.release()
    waiting: list[int] = []
    woken: list[int] = []

    def wait() -> None:
        condition.acquire()
        waiting.append(1)
        condition.wait(proof.deadline_s)
        woken.append(1)
        condition.release()

    waiters = [proof.begun(wait) for _ in range(3)]
    proof.until(lambda: len(waiting) == 3)
    condition.acquire()  # granted only when the third one really waits
    condition.notify()
    condition.release()
    proof.until(lambda: bool(woken))
    sleep(proof.moment_s)
    proof.holds("notify wakes one of three", len(woken) == 1)
    condition.acquire()
    condition.notify_all()
    condition.release()
    for waiter in waiters:
        waiter.result()
    proof.holds("notify_all wakes the rest", len(woken) == 3)
    with proof.lists() as make_list:
        _prove_shop(proof, make_list(), make_list())


def _prove_shop(proof: Proof, line: Any, served: Any) -> None:
    """Run the textbook's example: customers queue up in a list that is shared, a server takes them from it."""
    condition = proof.make(1)
    server = proof.party(serve_line, condition, line, served)
    server.start()
    for customer in range(_CUSTOMERS):
        condition.acquire()
        line.append(customer)
        condition.notify()
        condition.release()
    condition.acquire()
    line.append(None)
    condition.notify_all()
    condition.release()
    server.join(proof.deadline_s)
    proof.holds("every customer is served, in turn", list(served) == list(range(_CUSTOMERS)))


def serve_line(condition: Any, line: Any, served: Any) -> None:
    """Serve the textbook's customers, who queue up in a list, until the one who is nobody."""
    while True:
        condition.acquire()
        while not len(line):
            condition.wait()
        customer = line.pop(0)
        condition.release()
        if customer is None:
            return
        served.append(customer)


def alone(condition: Any, cycles: int) -> int:
    """Notify on a condition that nobody waits for."""
    granted = 0
    for _ in range(cycles):
        granted += condition.acquire()
        condition.notify()
        condition.release()
    return granted


def contended(shared: Shared, index: int, cycles: int) -> int:
    """Party 0 serves customers, the others queue up again and again until it closes."""
    return _serve(shared, cycles) if index == 0 else _queue_up(shared, index)


def _serve(shared: Shared, cycles: int) -> int:
    condition, served, requests = shared.primitives[0], shared.flags, shared.requests
    customers = shared.parties - 1
    last = 0
    for _ in range(cycles):
        condition.acquire()
        while not (waiting := [c for c in range(1, customers + 1) if requests[c] > served[c]]):
            condition.wait()
        # In turn, from behind the one who was served last.
        last = min(waiting, key=lambda customer: (customer - last - 1) % customers)
        served[last] += 1
        step(shared)
        condition.notify_all()
        condition.release()
    condition.acquire()
    requests[0] = 1
    condition.notify_all()
    condition.release()
    return 0


def _queue_up(shared: Shared, index: int) -> int:
    condition, served, requests, mine = shared.primitives[0], shared.flags, shared.requests, 0
    while True:
        condition.acquire()
        requests[index] += 1
        condition.notify_all()
        while served[index] < requests[index] and not requests[0]:
            condition.wait()
        if served[index] < requests[index]:
            condition.release()
            return mine
        step(shared)
        condition.release()
        mine += 1


def handoff_primitives(make: Callable[[int], Any], parties: int) -> list[Any]:
    """Make one for each party."""
    return [make(1) for _ in range(parties)]


def handoff(shared: Shared, index: int, cycles: int) -> int:
    """Wait for the own flag on the own condition, set the next one's and notify it."""
    turns, following = shared.flags, (index + 1) % shared.parties
    own, theirs = shared.primitives[index], shared.primitives[following]
    for _ in range(cycles // shared.parties):
        own.acquire()
        while not turns[index]:
            own.wait()
        turns[index] = 0
        own.release()
        step(shared)
        theirs.acquire()
        turns[following] = 1
        theirs.notify()
        theirs.release()
    return cycles // shared.parties
