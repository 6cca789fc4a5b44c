"""What a primitive of each kind must do besides keeping count; proven once before anything is timed.

Each proof takes a workshop: how to make the primitive and what comes with it. It raises `WrongAnswer` with the
sentence that does not hold. The other party is a thread of this process, which every source can tell apart from the
first one; that processes keep each other out is what the timed cycles show.

Source of the sentences: Python documentation, "threading" and "multiprocessing, Synchronization primitives".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.core.errors import WrongAnswer
from bench.families.primitives import _cycles

_MOMENT_S = 0.02  # a wait that is expected to end by its time-out
_DEADLINE_S = 10.0  # what another party is given
_CUSTOMERS = 5


@dataclass(frozen=True, slots=True)
class Workshop:
    """How to make what a proof needs.

    Attributes:
        make: (number, options) -> the primitive.
        event: makes an event of the same source.
        line: makes an empty list that the parties share.
        party: (function, arguments) -> a party of the same source, not yet started.
    """

    make: Callable[..., Any]
    event: Callable[[], Any]
    line: Callable[[], Any]
    party: Callable[..., Any]


def prove(kind: str, workshop: Workshop) -> None:
    """Raise `WrongAnswer` unless the primitive is what its kind promises."""
    PROOFS[kind](workshop)


def lock(workshop: Workshop) -> None:
    """Prove that it lets one in, not even its holder again, and cannot be released twice."""
    guard = workshop.make(1)
    _true("a free lock is taken", guard.acquire())
    _true("its holder cannot take it again", not guard.acquire(False))
    _true("nobody else can take it", not _elsewhere(guard.acquire, False))
    guard.release()
    _true("a released lock is free", _elsewhere(guard.acquire, False))
    guard.release()
    _refused("a free lock cannot be released", guard.release)


def re_entrant(workshop: Workshop) -> None:
    """Prove that its owner alone takes it again and releases it; others get it when it was released as often."""
    guard = workshop.make(1)
    _true("it is taken and taken again", guard.acquire() and guard.acquire())
    _true("nobody else can take it", not _elsewhere(guard.acquire, False))
    guard.release()
    _true("released once of twice, it is still held", not _elsewhere(guard.acquire, False))
    _refused("somebody else cannot release it", lambda: _elsewhere(guard.release))
    guard.release()
    _true("released as often as taken, it is free", _elsewhere(lambda: (guard.acquire(False), guard.release())[0]))


def semaphore(workshop: Workshop) -> None:
    """Prove that at most so many are in at once, and that every release makes a place."""
    guard = workshop.make(2)
    _true("two places can be taken", guard.acquire() and guard.acquire())
    _true("at most two are in at once", not _elsewhere(guard.acquire, False))
    for _ in range(3):
        guard.release()
    _true("every release makes a place", all(guard.acquire(False) for _ in range(3)))


def bounded_semaphore(workshop: Workshop) -> None:
    """Prove that at most so many are in at once, and that one release too many is an error."""
    guard = workshop.make(2)
    _true("two places can be taken", guard.acquire() and guard.acquire())
    _true("at most two are in at once", not _elsewhere(guard.acquire, False))
    guard.release()
    guard.release()
    _refused("it cannot be released more often than acquired", guard.release)


def event(workshop: Workshop) -> None:
    """Prove that it begins cleared, wakes who waits when it is set, stays set, and can be cleared."""
    flag = workshop.make(1)
    _true("a new event is not set", not flag.is_set() and not flag.wait(0))
    waiter = _Elsewhere(flag.wait, _DEADLINE_S)
    flag.set()
    _true("setting it wakes who waits", waiter.result())
    _true("it stays set", flag.is_set() and flag.wait(0))
    flag.clear()
    _true("it can be cleared", not flag.is_set() and not flag.wait(0))


def condition(workshop: Workshop) -> None:
    """Prove that a wait can time out, notify wakes one and notify_all the rest; serve the textbook's customers."""
    told = workshop.make(1)
    told.acquire()
    _true("a wait that nobody ends times out", not told.wait(_MOMENT_S))
    told.release()
    waiting: list[int] = []
    woken: list[int] = []

    def wait() -> None:
        told.acquire()
        waiting.append(1)
        told.wait(_DEADLINE_S)
        woken.append(1)
        told.release()

    waiters = [_Elsewhere(wait) for _ in range(3)]
    _until(lambda: len(waiting) == 3)
    told.acquire()  # granted only when the third one really waits
    told.notify()
    told.release()
    _until(lambda: bool(woken))
    time.sleep(_MOMENT_S)
    _true("notify wakes one of three", len(woken) == 1)
    told.acquire()
    told.notify_all()
    told.release()
    for waiter in waiters:
        waiter.result()
    _true("notify_all wakes the rest", len(woken) == 3)
    _customers(workshop)


def _customers(workshop: Workshop) -> None:
    """Run the textbook's example: customers queue up in a list that is shared, a server takes them from it."""
    told, line, served = workshop.make(1), workshop.line(), workshop.line()
    server = workshop.party(_cycles.serve_line, told, line, served)
    server.start()
    for customer in range(_CUSTOMERS):
        told.acquire()
        line.append(customer)
        told.notify()
        told.release()
    told.acquire()
    line.append(None)
    told.notify_all()
    told.release()
    server.join(_DEADLINE_S)
    _true("every customer is served, in turn", list(served) == list(range(_CUSTOMERS)))


def barrier(workshop: Workshop) -> None:
    """Prove that all go on together after its action, and that one who waits too long breaks it until it is reset."""
    acted = workshop.event()
    gate = workshop.make(2, action=acted.set)
    other = _Elsewhere(gate.wait)
    _true("each of two parties gets a number of its own", sorted([gate.wait(), other.result()]) == [0, 1])
    _true("its action ran", acted.is_set())
    _true("it is whole", not gate.broken)
    _true("a wait that nobody joins times out", _breaks(gate.wait, _MOMENT_S))
    _true("then it is broken", gate.broken)
    _true("a broken barrier lets nobody wait", _breaks(gate.wait) and _elsewhere(_breaks, gate.wait))
    gate.reset()
    _true("reset, it is whole", not gate.broken)
    other = _Elsewhere(gate.wait)
    _true("reset, it works", sorted([gate.wait(), other.result()]) == [0, 1])


PROOFS: dict[str, Callable[[Workshop], None]] = {
    "lock": lock,
    "rlock": re_entrant,
    "value-lock": re_entrant,
    "semaphore": semaphore,
    "bounded-semaphore": bounded_semaphore,
    "event": event,
    "condition": condition,
    "barrier": barrier,
}


def _true(sentence: str, holds: Any) -> None:
    if not holds:
        raise WrongAnswer(f"it is not true that {sentence}.")


def _refused(sentence: str, action: Callable[[], Any]) -> None:
    try:
        action()
    except (AssertionError, RuntimeError, ValueError):  # what the sources raise: each has its own
        return
    raise WrongAnswer(f"it is not true that {sentence}.")


def _breaks(wait: Callable[..., Any], *timeout: float) -> bool:
    try:
        wait(*timeout)
    except threading.BrokenBarrierError:
        return True
    return False


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _DEADLINE_S
    while not holds():
        if time.monotonic() > end:
            raise WrongAnswer("another party did not come to its turn.")
        time.sleep(0.0005)


class _Elsewhere:
    """A call in another thread, begun at once."""

    def __init__(self, action: Callable[..., Any], *args: Any) -> None:
        self.answer: Any = None
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._call, args=(action, *args), daemon=True)
        self.thread.start()

    def _call(self, action: Callable[..., Any], *args: Any) -> None:
        try:
            self.answer = action(*args)
        except BaseException as error:
            self.error = error

    def result(self) -> Any:
        """Return what the call returned, or raise what it raised."""
        self.thread.join(_DEADLINE_S)
        if self.thread.is_alive():
            raise WrongAnswer("another party waits and is not let go on.")
        if self.error:
            raise self.error
        return self.answer


def _elsewhere(action: Callable[..., Any], *args: Any) -> Any:
    return _Elsewhere(action, *args).result()
