"""The wheels of 30 and 210 and their patterns: the smallest primes, struck by an AND of packed planes.

A pattern of two primes costs a two-hundredth of a nanosecond per k and spares both their strokes.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import gcd, isqrt, prod

import numpy as np

from primes.kernels._numpy_sieve import tuning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

    Packed = NDArray[np.uint8]


class Wheel:
    """The residues prime to the modulus, and what depends on both alone."""

    def __init__(self, primes: tuple[int, ...], patterns: tuple[tuple[int, ...], ...]) -> None:
        self.primes = primes
        self.modulus = prod(primes)
        self.residues = [r for r in range(self.modulus) if gcd(r, self.modulus) == 1]
        self.gaps = [late - early for early, late in pairwise([*self.residues, self.modulus + 1])]
        self.window = tuning.WINDOW if self.modulus == 210 else tuning.DEEP_WINDOW
        # M**-1 mod p = (1 + p u) / M, where u = -p**-1 mod M depends on p mod M alone.
        self.minus_inverses = np.zeros(self.modulus, np.uint64)
        for r in self.residues:
            self.minus_inverses[r] = -pow(r, -1, self.modulus) % self.modulus
        used = max(prime for group in patterns for prime in group)
        rest = [p for p in range(used + 1, tuning.PATTERN_LIMIT) if all(p % q for q in range(2, isqrt(p) + 1))]
        half = len(rest) // 2
        groups = [*patterns, *zip(rest[:half], reversed(rest[-half:]), strict=True)]
        if len(rest) % 2:
            groups.append((rest[half],))
        self.patterned = np.array(sorted(prime for group in groups for prime in group), np.int64)
        self.patterns = [Pattern(group, self.modulus) for group in groups]


@cache
def wheel_to(root: int) -> Wheel:
    """Return the wheel for sieving primes up to ``root``: 0 or `DEEP`."""
    if root:
        return Wheel((2, 3, 5), ((7, 11, 13, 17), (19, 23, 29), (31, 37, 41)))
    return Wheel((2, 3, 5, 7), ((11, 13, 17, 19), (23, 29, 31)))


class Pattern:
    """A plane struck by a few primes, packed: long enough for a piece that starts anywhere in its period."""

    def __init__(self, primes: tuple[int, ...], modulus: int) -> None:
        self._period = prod(primes)
        self._inverse = pow(modulus, -1, self._period)
        self._eighth = pow(8, -1, self._period)
        bits = np.ones(8 * self._period, np.uint8)
        for prime in primes:
            bits[::prime] = 0
        self._bits = np.resize(np.packbits(bits, bitorder="little"), self._period + tuning.PATTERN_PIECE)

    def place(self, k: int, residue: int) -> int:
        """Return where in the period the plane of a residue begins."""
        return (k + residue * self._inverse) * self._eighth % self._period

    def piece(self, start: int, length: int) -> Packed:
        """Return so many bytes from ``start`` on."""
        start %= self._period
        return self._bits[start : start + length]


def wheel_for(hi: int) -> Wheel:
    return wheel_to(tuning.DEEP if hi > tuning.DEEP**2 else 0)


def apply_patterns(packed: Packed, k: int, residue: int, wheel: Wheel) -> None:
    """AND a packed plane with all patterns, a piece at a time."""
    places = [pattern.place(k, residue) for pattern in wheel.patterns]
    for start in range(0, len(packed), tuning.PATTERN_PIECE):
        piece = packed[start : start + tuning.PATTERN_PIECE]
        for place, pattern in zip(places, wheel.patterns, strict=True):
            np.bitwise_and(piece, pattern.piece(place + start, len(piece)), out=piece)
