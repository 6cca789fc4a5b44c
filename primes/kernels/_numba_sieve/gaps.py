"""The sieving primes whose hits are sorted into buckets: kept as half-gaps, one byte each."""

from __future__ import annotations

import ctypes

from primes.kernels._numba_sieve import striding
from primes.kernels._numba_sieve.functions import compiled
from primes.kernels._numba_sieve.tuning import NEAR_LIMIT, SEGMENT_SHIFT, STRIDE_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Gaps:
    """The primes beyond `STRIDE_LIMIT`: 51 MB for all up to 1e9."""

    def __init__(self) -> None:
        """Hold none at first."""
        self.halves = (ctypes.c_uint8 * 1)()
        self.used = 0
        self.limit = STRIDE_LIMIT
        self.last = striding.LAST
        self.far_at = 0  # where the primes beyond NEAR_LIMIT begin
        self.far_before = 0  # the prime before them

    def extend(self, limit: int, sieve: Callable[[int, int, int], int]) -> None:
        """Make sure that every prime up to ``limit`` is there, and one more to end on.

        ``sieve`` writes the sieved bytes of a range to an address and returns how many primes they hold.
        """
        limit += 512  # no gap below 2**33 is as long (T. Nicely, First occurrence prime gaps)
        while self.limit < limit:
            stop = min(limit, self.limit + (30 << SEGMENT_SHIFT))
            if self.limit < NEAR_LIMIT < stop:
                stop = NEAR_LIMIT
            self._append(stop, sieve)
            if stop == NEAR_LIMIT:
                self.far_at, self.far_before = self.used, self.last

    def _append(self, stop: int, sieve: Callable[[int, int, int], int]) -> None:
        lo, hi = self.limit + 1, stop + 1
        first = lo // 30
        size = -(-hi // 30) - first
        wheel = (ctypes.c_uint8 * (size + 8))()
        found = sieve(lo, hi, ctypes.addressof(wheel))
        if self.used + found > len(self.halves):
            larger = (ctypes.c_uint8 * (self.used + found + len(self.halves) // 2))()
            ctypes.memmove(larger, self.halves, self.used)
            self.halves = larger
        self.last = compiled()["write_gaps"](wheel, len(wheel) & -8, first, self.last, self.halves, self.used)
        self.used += found
        self.limit = stop
