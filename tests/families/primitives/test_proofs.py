"""The proofs see a primitive that is not what it says."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import Any

import pytest

from bench.core.errors import WrongAnswer
from bench.families.primitives import _kind, _proof


def proof(make: Any) -> _proof.Proof:
    """Return a proof with threads."""
    return _proof.Proof(
        make=make,
        event=threading.Event,
        lists=lambda: nullcontext(list),
        party=lambda run, *args: threading.Thread(target=run, args=args, daemon=True),
        moment_s=0.5,  # in which all are awake that a false primitive wakes
    )


class OpenDoor:
    """A lock that lets everybody in."""

    def acquire(self, *_args: bool) -> bool:
        """Let in."""
        return True

    def release(self) -> None:
        """Do nothing."""


class LateEvent(threading.Event):
    """An event that cannot be cleared."""

    def clear(self) -> None:
        """Do nothing."""


class LoudCondition(threading.Condition):
    """A condition that always wakes all."""

    def notify(self, n: int = 1) -> None:
        """Wake all."""
        super().notify(99)


class StiffBarrier(threading.Barrier):
    """A barrier that forgets its action."""

    def __init__(self, parties: int, action: Any = None) -> None:
        """Forget the action."""
        super().__init__(parties)


@pytest.mark.parametrize(
    ("kind", "make", "sentence"),
    [
        ("lock", lambda number: OpenDoor(), "cannot take it again"),
        ("lock", lambda number: threading.Semaphore(1), "a free lock cannot be released"),
        ("rlock", lambda number: OpenDoor(), "nobody else can take it"),
        ("semaphore", lambda number: threading.Semaphore(number + 1), "at most two are in at once"),
        ("bounded-semaphore", threading.Semaphore, "more often than acquired"),
        ("event", lambda number: LateEvent(), "it can be cleared"),
        ("condition", lambda number: LoudCondition(), "notify wakes one of three"),
        ("barrier", StiffBarrier, "its action ran"),
    ],
)
def test_a_false_primitive_is_found_out(kind: str, make: Any, sentence: str) -> None:
    """The message is the sentence that does not hold."""
    with pytest.raises(WrongAnswer, match=sentence):
        _kind.load(kind).prove(proof(make))
