"""Make several visits at the same time, value by value in turns: one times a value while the others wait.

::

    base   value       value value       value       end
    head         value value       value value       end

On a machine with neighbours the speed changes within a second. Visits one after another have another machine each: on
a virtual machine with two CPUs, a search on both that takes 75 ms, the ratio of two visits of ten values a second apart
spread by 20 % (their minima) or 17 % (their medians), that of ten turns by 3.3 % (the median of the ratios inside a
turn); the times of two searches correlate by 0.8 when they follow each other, and by 0.2 ten searches later.

Every visit has a supervisor of its own, which looks after its session as ever. The order is turned around in every
second round, so that no side gains from what comes before or after it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Self

from bench.core.record import Result
from bench.engine.supervisor import Ended, Supervisor, temp_folder
from bench.engine.turns import END, GOES, VALUE, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.core.record import Failure

    Outcome = Result | Failure
    Work = Callable[[Path], Outcome]


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of visits that took turns.

    Attributes:
        outcomes: one for each visit; None where it was broken off, for its own fault or because of another one.
        broken: the visits broken off for their own fault, with the kind of failure and a line that says why.
        in_turns: whether every visit took turns; one that knows nothing of them has measured before all others.
    """

    outcomes: tuple[Outcome | None, ...]
    broken: Mapping[int, tuple[str, str]]
    in_turns: bool


def run(visits: Sequence[Work], timeout_s: float) -> Finished:
    """Make the visits, value by value in turns.

    Args:
        visits: called with a temp folder in which the turns are handed out, each in a process of its own; see
            `bench.engine.launch.attend`.
        timeout_s: how long one may take until its first value, for a value, and until its end.

    Whatever interrupts this (KeyboardInterrupt included) ends all visits before it is raised again.
    """
    with ExitStack() as stack:
        pipes = [stack.enter_context(_Pipes(stack.enter_context(temp_folder("primebench-")))) for _ in visits]
        inherited = [end for each in pipes for end in each.ends]
        participants = []
        for own, visit in zip(pipes, visits, strict=True):
            supervisor = stack.enter_context(Supervisor(partial(visit, own.folder), own.folder, inherited))
            participants.append(_Participant(own, supervisor))
        for participant in participants:  # on leaving, all are told before the first is waited for
            stack.callback(participant.supervisor.dismiss)
        in_turns = False
        with suppress(_Failed):
            in_turns = _take_turns(participants, timeout_s)
        return Finished(
            tuple(participant.outcome for participant in participants),
            {index: participant.fault for index, participant in enumerate(participants) if participant.fault},
            in_turns,
        )


def _take_turns(participants: Sequence[_Participant], timeout_s: float) -> bool:
    """Hand out the turns until all visits have ended; return whether all took them."""
    for participant in participants:
        participant.listen(timeout_s)
    in_turns = all(participant.wish == VALUE for participant in participants)
    order = list(participants)
    while any(participant.wish == VALUE for participant in participants):
        for participant in order:
            if participant.wish == VALUE:
                participant.go()
                participant.listen(timeout_s)
        order.reverse()
    ending = [participant for participant in participants if participant.wish == END]
    for participant in ending:
        participant.go()
    for participant in ending:
        participant.listen(timeout_s)
    return in_turns


class _Failed(Exception):
    """A visit has led to no times: the others need not go on."""


class _Pipes:
    """Our ends of the pipes through which a visit waits for its turns."""

    def __init__(self, folder: Path) -> None:
        """Make the pipes in a folder."""
        self.folder = folder
        for name in (WAITS, GOES):
            os.mkfifo(folder / name)
        # For both directions: so opening waits for nobody, and that nobody is there yet does not look like an end.
        self.ends = tuple(os.open(folder / name, os.O_RDWR | os.O_NONBLOCK) for name in (WAITS, GOES))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self.ends:
            os.close(end)


class _Participant:
    """A visit that takes turns.

    Attributes:
        wish: what it waits for, `VALUE` or `END`; None while it works and when it is over.
        outcome: what came of it, once it is over.
        fault: kind of failure and why, when it neither came to its next wish nor told what came of it.
    """

    def __init__(self, pipes: _Pipes, supervisor: Supervisor) -> None:
        """Begin with a visit that has just been started."""
        self.wish: bytes | None = None
        self.outcome: Outcome | None = None
        self.fault: tuple[str, str] | None = None
        self._waits, self._goes = pipes.ends
        self.supervisor = supervisor

    def go(self) -> None:
        """Give it the turn that it waits for."""
        os.write(self._goes, b"g")

    def listen(self, timeout_s: float) -> None:
        """Wait until it has a wish or is over; `_Failed` when it is over without times, or takes too long."""
        self.wish = None
        if self._waits in wait([self._waits, self.supervisor.connection], timeout_s):
            self.wish = os.read(self._waits, 1)
            return
        try:
            self.outcome = self.supervisor.answer(0)
        except TimeoutError:
            self.fault = "timed-out", f"no answer within {timeout_s:g} s"
        except Ended as error:
            self.fault = "crashed", str(error)
        if not isinstance(self.outcome, Result):
            raise _Failed
