"""Size the windows and chunks of a search by its speed.

A window is what the workers search between two looks at the clock; it is cut into chunks, which they take one by one.
Wide windows waste little time at their ends, narrow ones show progress, lose little when interrupted, and bound the
memory.

Chunks shrink towards the end of their window: each is a part of what is left, so that few are needed, and the last
ones, at whose end other workers have nothing to do, are short (C. D. Polychronopoulos, D. J. Kuck, "Guided
self-scheduling: a practical scheduling scheme for parallel supercomputers", 1987). Workers that get a block each, and
do not take chunks one by one, need equal ones.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from primes import cost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from primes.kernel import Kernel

WINDOW_S = 1.0  # the shortest window after the first ones: larger wastes less, smaller answers Ctrl-C sooner
_LONGEST_S = 20.0  # the longest, in a search that takes hours
_PARTS = 128  # windows in a search that takes between a few minutes and an hour
_GROWTH = 64  # how much longer than the last a window may be: a short one may have been slow by chance
# Equal chunks per worker and window. At its end a worker waits for half a chunk on average, 2.5 % of the window, but
# what a chunk costs a sieve before it finds anything comes as often. CPU time from 1e9 to 1.1e10, two workers with
# numba-sieve, as parts of that with 32 chunks: 12 0.96, 20 0.98, 48 1.03.
_CHUNKS = 20
# Shrinking chunks: the first is this part of a worker's share of the window, so that a CPU of a third of the speed of
# the others does not hold them up with its first one; the smallest is that part.
_FIRST, _LAST = 3, 64
_PROBE = 4  # chunks per worker in the first window, which is there to learn the speed
_ROUND = 240  # a multiple of the wheels and of 8: no kernel has to begin inside a turn or a byte

# Numbers per chunk, at least. A sieve looks at every prime up to the root in each chunk, before it finds the first.
_LEAST_OF_TESTS = 64
_LEAST_OF_SIEVES = 1 << 18
_FIXED_SHARE = 0.1  # of a chunk's time: a smaller share means longer chunks, and longer waits at the end of a window
# Numbers per window whose flags are kept: 16 MiB for each of the four places that hold a window at the same time
# (shared memory, its copy, the queue, the writer).
_MOST_FLAGS = 1 << 27
_LEAST_WINDOW = 1 << 12  # numbers per window: the flags of fewer fill no page of memory


class ChunkSize:
    """Learns the speed of a search and sizes its windows and chunks."""

    def __init__(self, kernel: Kernel, lo: int, hi: int, workers: int, *, flags: bool, equal: bool = False) -> None:
        """Size windows for ``[lo, hi)``; with ``flags`` answers take memory, with ``equal`` chunks are equal."""
        self.total, self.workers, self.equal = hi - lo, workers, equal
        self.least = least(kernel, hi)
        self.most = _MOST_FLAGS if flags else self.total
        self.window = _PROBE * self.least * workers
        self.rate = 0.0  # numbers per second, in the last window

    def learn(self, numbers: int, seconds: float) -> None:
        """Take note of how long a window took."""
        self.rate = numbers / max(seconds, 1e-6)
        part = min(self.total / _PARTS, self.rate * _LONGEST_S)
        self.window = min(int(max(self.rate * WINDOW_S, part)), _GROWTH * max(numbers, self.least))

    def shrink(self, numbers: int) -> bool:
        """Make all further windows smaller than one of so many numbers, which did not fit; False if that is too few."""
        self.most = numbers // 2
        return self.most >= _LEAST_WINDOW

    def cut(self, left: int) -> list[int]:
        """Return the sizes of the chunks of the next window, largest first, when ``left`` numbers are left."""
        window = max(1, min(self.window, self.most))
        if left <= window * 3 // 2 <= self.most:
            window = left  # no short window at the end
        window = min(window, left)
        return list(self._equal(window) if self.equal else self._shrinking(window))

    def _equal(self, window: int) -> Iterator[int]:
        chunks = self.workers * max(1, min(_CHUNKS, window // (self.least * self.workers)))
        size = rounded(-(-window // chunks))
        for done in range(0, window, size):
            yield min(size, window - done)

    def _shrinking(self, window: int) -> Iterator[int]:
        smallest = max(self.least, window // (_LAST * self.workers))
        while window > 0:
            size = min(window, rounded(max(smallest, window // (_FIRST * self.workers))))
            yield size
            window -= size


def rounded(size: int) -> int:
    """Return the size, or a little more, so that what follows begins with a turn of the wheels and with a byte."""
    return size + -size % _ROUND if size > _ROUND else max(1, size)


def least(kernel: Kernel, hi: int) -> int:
    """Return how many numbers a chunk below ``hi`` needs, so that what it costs before it finds any does not count."""
    if kernel.is_prime is not None:
        return _LEAST_OF_TESTS
    if kernel.name not in cost.COSTS:
        return max(_LEAST_OF_SIEVES, isqrt(hi))
    fixed_s = cost.seconds(kernel.name, hi, hi)
    per_number_s = (cost.seconds(kernel.name, hi, hi + 10**9) - fixed_s) / 10**9
    return max(_LEAST_OF_SIEVES, int(fixed_s / per_number_s / _FIXED_SHARE))
