"""The larger primes of numpy-sieve: where each first strikes the plane of a residue, and striking by index.

Primes that strike often use a slice, which numpy stores into without an index, but a call costs as much as a hundred
strokes. So those which strike seldom are taken together, as an array of indices that all move on by their primes.

Where p strikes: p divides M k + r when k = -r / M modulo p. Going from one residue to the next, and from one window to
the next, takes a constant away from it; so only the first window has to divide.
"""

from __future__ import annotations

import numpy as np

from primes.kernels._numpy_sieve import tuning
from primes.kernels._numpy_sieve.wheel import Wheel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from numpy.typing import NDArray

    Whole = NDArray[np.unsignedinteger[Any]]  # 32 or 64 bits, as the primes need
    Packed = NDArray[np.uint8]

ZERO = np.zeros((), np.uint8)  # storing a 0-d array skips a conversion in every call


class Strikers:
    """Primes, and for each of them where it first strikes the plane of the current residue: less than the prime.

    A conditional addition is the minimum of x and x + p, since x wraps to a huge number where it is below 0.

    Args:
        k: where the plane begins; the first residue is 1.
        primes: in ascending order.
        wheel: how numbers are laid out.
        scratch: as long as the primes at least; its type holds twice a prime.
        sparing: keep only one step, and go it as often as needed.
    """

    def __init__(self, k: int, primes: NDArray[np.uint32], wheel: Wheel, scratch: Whole, *, sparing: bool) -> None:
        kind = scratch.dtype
        wide = primes.astype(np.uint64)
        modulus = np.uint64(wheel.modulus)
        minus_inverse = wheel.minus_inverses.take((wide % modulus).astype(np.intp))
        inverse: Whole = ((np.uint64(1) + wide * minus_inverse) // modulus).astype(kind)
        self.primes: Whole = primes.astype(kind, copy=False)
        self._spare = scratch[: len(primes)]
        self.at: Whole = (wide - np.uint64(1) - np.uint64(k - 1) % wide).astype(kind) if k else np.zeros_like(inverse)
        self._back(inverse)
        self._steps = {2: self._sum(inverse, inverse)}
        if not sparing:
            for gap in range(4, max(wheel.gaps) + 1, 2):
                self._steps[gap] = self._sum(self._steps[gap - 2], self._steps[2])

    def advance(self, gap: int) -> None:
        """Go on to another residue."""
        step = gap if gap in self._steps else 2
        for _ in range(gap // step):
            self._back(self._steps[step])

    def skip(self, size: int) -> None:
        """Let the plane begin ``size`` k later."""
        self._back(self.primes.dtype.type(size) % self.primes)

    def _sum(self, a: Whole, b: Whole) -> Whole:
        total: Whole = a + b
        np.subtract(total, self.primes, out=self._spare)
        return np.minimum(total, self._spare, out=total)

    def _back(self, step: Whole) -> None:
        np.subtract(self.at, step, out=self.at)
        np.add(self.at, self.primes, out=self._spare)
        np.minimum(self.at, self._spare, out=self.at)

    def strike(self, buffer: Packed, size: int, groups: Iterable[tuple[int, int, int]]) -> None:
        """Strike a plane of ``size`` bytes, which has a margin of half as many behind it, by index."""
        for low, high, strokes in groups:
            starts, primes = self.at[low:high], self.primes[low:high]
            if primes[0] > tuning.SPARSE * size:
                starts = starts[starts < size]
                buffer[starts.astype(np.int64)] = ZERO
                continue
            places, strides = starts.astype(np.int64), primes.astype(np.int64)
            for stroke in range(strokes):
                if stroke:
                    places += strides
                if strokes <= tuning.FEW:
                    np.minimum(places, size, out=places)
                buffer[places] = ZERO


def groups_of(primes: Whole, size: int) -> list[tuple[int, int, int]]:
    """Return (from, to, strokes) for primes that strike about equally often.

    All of a group strike as often as its smallest. Within an eighth of it, the others stay within the margin. Those
    that strike at most `FEW` times are one group, whatever their size, and each stroke has to be held at the margin.
    """
    found = []
    low, rare = 0, position(primes, (size - 1) // tuning.FEW)
    while low < len(primes):
        smallest = int(primes[low])
        high = len(primes) if low >= rare else max(low + 1, position(primes[:rare], smallest * 9 // 8))
        found.append((low, high, -(-size // smallest)))
        low = high
    return found


def position(primes: Whole, most: int) -> int:
    """Return how many of the primes are at most ``most``.

    The type matters: for a plain int, numpy first turns the whole table, hundreds of megabytes, into 64 bits.
    """
    return int(np.searchsorted(primes, primes.dtype.type(min(most, 2**32 - 1)), side="right"))
