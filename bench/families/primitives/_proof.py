"""What a kind of primitive proves itself with: parts to make, another party, and sentences that must hold.

A sentence that does not hold is a `WrongAnswer`. The other party is a thread of this process, which every source can
tell apart from the first one; that processes keep each other out is what the timed cycles show.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from bench.core.errors import WrongAnswer

MOMENT_S = 0.02  # a wait that is expected to end by its time-out
DEADLINE_S = 10.0  # what another party is given


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof needs.

    Attributes:
        make: (number, options) -> the primitive.
        event: makes an event of the same source.
        lists: opens what makes empty lists that the parties share.
        party: (function, arguments) -> a party of the same source, not yet started.
        moment_s: how long to wait where nothing is to come.
        deadline_s: how long to wait for what is to come.
    """

    make: Callable[..., Any]
    event: Callable[[], Any]
    lists: Callable[[], AbstractContextManager[Callable[[], Any]]]
    party: Callable[..., Any]
    moment_s: float = MOMENT_S
    deadline_s: float = DEADLINE_S

    def holds(self, sentence: str, fact: Any) -> None:
        """State a fact."""
        if not fact:
            raise WrongAnswer(f"it is not true that {sentence}.")

    def refused(self, sentence: str, action: Callable[[], Any]) -> None:
        """State that an action is an error."""
        try:
            action()
        except (AssertionError, RuntimeError, ValueError):  # what the sources raise: each has its own
            return
        raise WrongAnswer(f"it is not true that {sentence}.")

    def until(self, fact: Callable[[], Any]) -> None:
        """Wait for a fact that another party brings about."""
        end = time.monotonic() + self.deadline_s
        while not fact():
            if time.monotonic() > end:
                raise WrongAnswer("another party did not come to its turn.")
            time.sleep(0.0005)

    def begun(self, action: Callable[..., Any], *args: Any) -> Elsewhere:
        """Have another party begin an action."""
        return Elsewhere(self.deadline_s, action, *args)

    def elsewhere(self, action: Callable[..., Any], *args: Any) -> Any:
        """Have another party carry out an action; return its answer or raise its error."""
        return self.begun(action, *args).result()


class Elsewhere:
    """An action of another party: a call in another thread, begun at once."""

    def __init__(self, deadline_s: float, action: Callable[..., Any], *args: Any) -> None:
        """Begin."""
        self._deadline_s = deadline_s
        self._answer: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._call, args=(action, *args), daemon=True)
        self._thread.start()

    def _call(self, action: Callable[..., Any], *args: Any) -> None:
        try:
            self._answer = action(*args)
        except BaseException as error:
            self._error = error

    def result(self) -> Any:
        """Return what the call returned, or raise what it raised."""
        self._thread.join(self._deadline_s)
        if self._thread.is_alive():
            raise WrongAnswer("another party waits and is not let go on.")
        if self._error:
            raise self._error
        return self._answer
