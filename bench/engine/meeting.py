"""Several visits at the same time that take turns: all are prepared, then one times a value while the others wait.

::

    base   value       value value       value       end
    head         value value       value value       end

On a machine with neighbours the speed changes within a second. Visits one after another meet another machine each: on
a virtual machine with two CPUs, a search on both that takes 75 ms, the ratio of two visits of ten values a second apart
spread by 20 % (their minima) or 17 % (their medians), that of ten turns by 3.3 % (the median of the ratios inside a
turn); the times of two searches correlate by 0.8 when they follow each other, and by 0.2 ten searches later.

Every visit runs in a process of its own, which looks after its session as ever. The order is turned around in every
second round, so that no side gains from what comes before or after it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.core.record import Result
from bench.engine.turns import END, GOES, VALUE, WAITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from types import FrameType
    from typing import Any

    from bench.core.record import Failure

    Outcome = Result | Failure
    Visit = Callable[[Path], Outcome]

# Fork takes 5 ms; where threads may be about that nobody knows of, as in libraries of macOS, it is not safe.
_START = "fork" if sys.platform == "linux" else "spawn"
_ASKED = (signal.SIGINT, signal.SIGTERM)
_PATIENCE_S = 15.0  # for a visit that was told to end; ending a session takes 7 s at the longest


@dataclass(frozen=True, slots=True)
class Meeting:
    """What came of visits that took turns.

    Attributes:
        outcomes: one for each visit; None where it was broken off, for its own fault or because of another one.
        broken: the visits broken off for their own fault, with the kind of failure and a line that says why.
        in_turns: whether every visit took turns; one that knows nothing of them has measured before all others.
    """

    outcomes: tuple[Outcome | None, ...]
    broken: Mapping[int, tuple[str, str]]
    in_turns: bool


def meet(visits: Sequence[Visit], timeout_s: float) -> Meeting:
    """Make the visits, value by value in turns.

    Args:
        visits: called with the folder of the turns, each in a process of its own; see `bench.engine.launch`.
        timeout_s: how long one may take until its first value, for a value, and until its end.

    Whatever interrupts this (KeyboardInterrupt included) ends all visits before it is raised again.
    """
    with tempfile.TemporaryDirectory(prefix="primebench-turns-") as folder, ExitStack() as stack:
        pipes = [stack.enter_context(_Pipes(Path(folder) / str(index))) for index in range(len(visits))]
        seats: list[_Seat] = []
        for own, visit in zip(pipes, visits, strict=True):
            seats.append(_Seat(visit, own, [end for each in pipes for end in each.ends]))
            stack.callback(seats[-1].leave)
        in_turns = False
        with suppress(_Failed):
            in_turns = _take_turns(seats, timeout_s)
        return Meeting(
            tuple(seat.outcome for seat in seats),
            {index: seat.fault for index, seat in enumerate(seats) if seat.fault},
            in_turns,
        )


def _take_turns(seats: Sequence[_Seat], timeout_s: float) -> bool:
    """Hand out the turns until all visits have ended; return whether all took them."""
    for seat in seats:
        seat.listen(timeout_s)
    in_turns = all(seat.wish == VALUE for seat in seats)
    order = list(seats)
    while any(seat.wish == VALUE for seat in seats):
        for seat in order:
            if seat.wish == VALUE:
                seat.go()
                seat.listen(timeout_s)
        order.reverse()
    ending = [seat for seat in seats if seat.wish == END]
    for seat in ending:
        seat.go()
    for seat in ending:
        seat.listen(timeout_s)
    return in_turns


class _Failed(Exception):
    """A visit has led to no times: the others need not go on."""


class _Pipes:
    """Our ends of the pipes through which a visit waits for its turns."""

    def __init__(self, folder: Path) -> None:
        """Make the pipes in a new folder."""
        self.folder = folder
        folder.mkdir()
        for name in (WAITS, GOES):
            os.mkfifo(folder / name)
        # For both directions: so opening waits for nobody, and that nobody is there yet does not look like an end.
        self.ends = tuple(os.open(folder / name, os.O_RDWR | os.O_NONBLOCK) for name in (WAITS, GOES))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in self.ends:
            os.close(end)


class _Seat:
    """A visit in a process of its own.

    Attributes:
        wish: what it waits for, `VALUE` or `END`; None while it works and when it is over.
        outcome: what came of it, once it is over.
        fault: kind of failure and why, when it neither came to its next wish nor told what came of it.
    """

    def __init__(self, visit: Visit, pipes: _Pipes, strangers: Sequence[int]) -> None:
        """Start the visit; ``strangers`` are descriptors that its process must not keep open."""
        self.wish: bytes | None = None
        self.outcome: Outcome | None = None
        self.fault: tuple[str, str] | None = None
        self._waits, self._goes = pipes.ends
        context: Any = multiprocessing.get_context(_START)
        self._answer, theirs = context.Pipe(duplex=False)
        inherited = tuple(strangers) if _START == "fork" else ()
        self._process = context.Process(target=_visit, args=(visit, pipes.folder, inherited, theirs))
        with _blocked():  # until it can tell what an interrupt means
            self._process.start()
        theirs.close()

    def go(self) -> None:
        """Give it the turn that it waits for."""
        os.write(self._goes, b"g")

    def listen(self, timeout_s: float) -> None:
        """Wait until it has a wish or is over; `_Failed` when it is over without times, or takes too long."""
        self.wish = None
        found = wait([self._waits, self._answer], timeout_s)
        if self._waits in found:
            self.wish = os.read(self._waits, 1)
            return
        try:
            if found:
                self.outcome = self._answer.recv()
            else:
                self.fault = "timed-out", f"no answer within {timeout_s:g} s"
        except EOFError:
            self.fault = "crashed", "the process that looks after the measuring one was ended from outside"
        if not isinstance(self.outcome, Result):
            raise _Failed

    def leave(self) -> None:
        """End it with its session, unless it has ended."""
        if self.outcome is None and self._process.is_alive():
            self._process.terminate()
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self._answer.close()


# --- in the process of a visit ------------------------------------------------------------------------------------


def _visit(visit: Visit, folder: Path, strangers: Sequence[int], answer: Connection) -> None:
    with suppress(KeyboardInterrupt):
        for number in _ASKED:
            signal.signal(number, _interrupted)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKED)
        for descriptor in strangers:
            os.close(descriptor)
        with suppress(BrokenPipeError):  # nobody is there any more
            answer.send(visit(folder))


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _blocked() -> Iterator[None]:
    """Hold interrupts back meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ASKED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
