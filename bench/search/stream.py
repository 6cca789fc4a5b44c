"""Cut a range into windows for workers of unlike speed, one by one, and put what they find into order.

There is no point at which all workers wait for the slowest: each gets its next window when it has room, as long as it
takes a good part of a second there, and shorter ones towards the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.search.chunk_size import least, rounded

if TYPE_CHECKING:
    from bench.search.known import Sample
    from primes.kernel import Kernel

# Seconds of a window. A task of Dask costs the client and the scheduler some milliseconds of CPU time; longer ones show
# less progress and lose more when they end. From so many workers on, the client would have no time for shorter ones.
_WINDOW_S, _WORKERS = 0.5, 50
_PROBE = 4  # times the least window: the first of each worker, which is there to learn its speed
_GROWTH = 8  # how much longer than the last a window may be: a short one may have been slow by chance
_SHARE = 3  # of what is left: a window is at most this part of a worker's share, so that the last ones are short
_AHEAD_BYTES = 1 << 26  # of results that are under way or wait for an earlier one
_AHEAD = 64  # windows per worker that are under way or wait: results that are numbers take no memory, but tasks do


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open part of the range.

    Attributes:
        number: its place in the order.
        lo, hi: its ends.
    """

    number: int
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a window.

    Attributes:
        window: which one.
        result: of the kernel that searches.
        sample: the stretch to be verified that it lies in; None where it lies in none.
        again: the result of the kernel that verifies.
    """

    window: Window
    result: Any
    sample: Sample | None = None
    again: Any = None


class Windows:
    """Cuts a range into windows, each for the worker that is to do it.

    Attributes:
        at: where the next one begins.
        hi: where the last one ends.
        soft_end: where the search is expected to end.
        workers: how many there are, at least 1.
    """

    def __init__(self, kernel: Kernel, lo: int, hi: int, workers: int, *, flags: bool) -> None:
        """Cut ``[lo, hi)``; with ``flags`` results take memory, a bit per number."""
        self.at, self.hi, self.soft_end = lo, hi, hi
        self.workers = workers
        self._flags = flags
        self._least = least(kernel, hi)
        self._most_ahead = 8 * _AHEAD_BYTES if flags else hi - lo
        self._rates: dict[str, float] = {}
        self._longest: Counter[str] = Counter()
        self._given = self._ended = 0  # windows
        self._ahead = 0  # numbers in those that are given and not ended

    def next(self, worker: str, stop: int) -> Window | None:
        """Return the next window, which ends at ``stop`` at the latest; None while enough are under way, or at the end.

        A worker that is not known yet gets a short one.
        """
        left = min(self.hi, stop) - self.at
        if left <= 0 or (self._ahead and self._is_enough()):
            return None
        size = min(left, rounded(self._size(worker)))
        window = Window(self._given, self.at, self.at + size)
        self.at += size
        self._given += 1
        self._ahead += size
        return window

    def _is_enough(self) -> bool:
        return self._ahead >= self._most_ahead or self._given - self._ended >= _AHEAD * self.workers

    def _size(self, worker: str) -> int:
        rate = self._rates.get(worker)
        seconds = _WINDOW_S * max(1.0, self.workers / _WORKERS)
        wanted = _PROBE * self._least if rate is None else min(rate * seconds, _GROWTH * self._longest[worker])
        share = (self.soft_end - self.at) // (_SHARE * self.workers)
        most = self._most_ahead // (4 * self.workers) if self._flags else self._most_ahead
        return max(1, min(most, max(self._least, min(int(wanted), share))))

    def learn(self, worker: str, window: Window, seconds: float) -> None:
        """Take note of how long a worker took."""
        size = window.hi - window.lo
        self._rates[worker] = size / max(seconds, 1e-6)
        self._longest[worker] = max(size, self._longest[worker])

    def end(self, window: Window) -> None:
        """Take note that the results of a window are handed on."""
        self._ended += 1
        self._ahead -= window.hi - window.lo


class Order:
    """Holds back what has come too early."""

    def __init__(self) -> None:
        """Begin with number 0."""
        self._next = 0
        self._early: dict[int, Any] = {}

    def add(self, number: int, what: Any) -> list[Any]:
        """Return what is complete now, in order."""
        self._early[number] = what
        found = []
        while self._next in self._early:
            found.append(self._early.pop(self._next))
            self._next += 1
        return found
