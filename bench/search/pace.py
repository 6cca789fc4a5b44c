"""How much is searched at a time.

A window is what the workers search between two looks at the clock; it is cut into equal chunks, which they take one
by one. Wide windows waste little time at their ends, narrow ones show progress, lose little when interrupted, and
bound the memory.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from primes import cost

if TYPE_CHECKING:
    from primes.kernel import Kernel

WINDOW_S = 1.0  # the shortest window after the first ones: larger wastes less, smaller answers Ctrl-C sooner
_LONGEST_S = 20.0  # the longest, in a search that takes hours
_PARTS = 128  # windows in a search that takes between a few minutes and an hour
_GROWTH = 64  # how much longer than the last a window may be: a short one may have been slow by chance
# Per worker and window: at its end a worker waits for half a chunk on average, 2.5 % of the window, but what a chunk
# costs a sieve before it finds anything comes as often. CPU time from 1e9 to 1.1e10, two workers with numba-sieve, as
# parts of that with 32 chunks: 12 0.96, 20 0.98, 48 1.03.
_CHUNKS = 20
_PROBE = 4  # chunks per worker in the first window, which is there to learn the speed
_ROUND = 240  # a multiple of the wheels and of 8: no kernel has to begin inside a turn or a byte

# Numbers per chunk, at least. A sieve looks at every prime up to the root in each chunk, before it finds the first.
_LEAST_OF_TESTS = 64
_LEAST_OF_SIEVES = 1 << 18
_FIXED_SHARE = 0.1  # of a chunk's time: a smaller share means longer chunks, and longer waits at the end of a window
# Numbers per window whose flags are kept: 16 MiB for each of the four places that hold a window at the same time
# (shared memory, its copy, the queue, the writer).
_MOST_FLAGS = 1 << 27


class Pace:
    """Learns the speed of a search and sizes its windows and chunks."""

    def __init__(self, kernel: Kernel, lo: int, hi: int, workers: int, *, flags: bool) -> None:
        """Size windows for ``[lo, hi)``; ``flags`` says that the answers take memory."""
        self.total, self.workers = hi - lo, workers
        self.least = _least(kernel, hi)
        self.most = _MOST_FLAGS if flags else self.total
        self.window = _PROBE * self.least * workers
        self.rate = 0.0  # numbers per second, in the last window

    def learn(self, numbers: int, seconds: float) -> None:
        """Take note of how long a window took."""
        self.rate = numbers / max(seconds, 1e-6)
        part = min(self.total / _PARTS, self.rate * _LONGEST_S)
        self.window = min(int(max(self.rate * WINDOW_S, part)), _GROWTH * max(numbers, self.least))

    def cut(self, left: int) -> tuple[int, int]:
        """Return the sizes of the next window and of its chunks, when ``left`` numbers are left."""
        window = max(1, min(self.window, self.most))
        if left <= window * 3 // 2 <= self.most:
            window = left  # no short window at the end
        window = min(window, left)
        chunks = self.workers * max(1, min(_CHUNKS, window // (self.least * self.workers)))
        size = -(-window // chunks)
        return window, size + -size % _ROUND if size > _ROUND else size


def _least(kernel: Kernel, hi: int) -> int:
    if kernel.is_prime is not None:
        return _LEAST_OF_TESTS
    if kernel.name not in cost.COSTS:
        return max(_LEAST_OF_SIEVES, isqrt(hi))
    fixed_s = cost.seconds(kernel.name, hi, hi)
    per_number_s = (cost.seconds(kernel.name, hi, hi + 10**9) - fixed_s) / 10**9
    return max(_LEAST_OF_SIEVES, int(fixed_s / per_number_s / _FIXED_SHARE))
