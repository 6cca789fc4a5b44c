"""A sieve of one byte per odd number: the cheapest for ranges that are narrow beside their square root."""

from __future__ import annotations

from bisect import bisect_left
from math import isqrt

from primes.kernels._sieving_primes import sieving_primes


def marks(lo: int, hi: int) -> bytearray:
    """Return one byte per odd number of ``[lo, hi)``, ascending: 1 for a prime, 0 for any other."""
    first = lo | 1
    odd = bytearray(b"\1") * max(0, (hi - first + 1) // 2)
    size = len(odd)
    if not size:
        return odd
    if first == 1:
        odd[0] = 0
    primes = sieving_primes(isqrt(hi - 1))
    few = bisect_left(primes, 2 * size)
    for p in primes[:few]:
        square = p * p
        if square >= first:
            start = (square - first) // 2
        else:
            gap = -first % p
            start = (gap if gap % 2 == 0 else gap + p) // 2
        odd[start::p] = bytearray(len(range(start, size, p)))
    # A prime of at least the range's width has one multiple in it or none, so it is cheaper to ask than to strike.
    # The multiple is never the prime itself, because a range narrower than its own root lies far above the root.
    width = 2 * size
    for gap in [gap for p in primes[few:] if (gap := -first % p) < width]:
        if gap % 2 == 0:
            odd[gap // 2] = 0
    return odd


def pack(odd: bytearray, lo: int, hi: int) -> bytearray:
    """Return the flags of ``[lo, hi)`` given the `marks` of its odd numbers; even numbers are left unmarked."""
    # Byte k of the flags holds four odd numbers, whose marks lie at 4k, 4k+1, 4k+2 and 4k+3. A mark is 0 or 1, so
    # four slices can be shifted and joined as large integers without running into their neighbours.
    parity = 1 - lo % 2  # the bit of the first odd number
    bits = 0
    for j in range(4):
        bits |= int.from_bytes(odd[j::4], "little") << (2 * j + parity)
    return bytearray(bits.to_bytes((hi - lo + 7) // 8, "little"))
