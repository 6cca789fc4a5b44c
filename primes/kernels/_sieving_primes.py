"""The odd primes that a sieve strikes with: found once per process, extended when a larger root asks for more."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import compress
from math import isqrt

_SPAN = 1 << 23  # numbers searched at a time: larger saves little time, and costs half a byte of memory per number

# (how far was searched, the odd primes up to there in four bytes each, where a list would take forty). One tuple, so
# that threads always see the two together; two threads that extend it at once only do the work twice.
_known: tuple[int, array[int]] = (2, array("I"))


def sieving_primes(root: int) -> memoryview:
    """Return the odd primes up to ``root`` (below 2**32), ascending."""
    global _known
    searched, primes = _known
    if root > searched:
        # Twice as far as before, so that a search which creeps upwards does not extend the list at every step.
        end = max(root, min(2 * searched, 1 << 26), 1 << 12)
        primes = array("I", primes)  # a copy: memoryviews of the old one may still be in use
        for lo in range(searched + 1, end + 1, _SPAN):
            primes.extend(_odd_primes(lo | 1, min(lo + _SPAN, end + 1)))
        _known = (end, primes)
    return memoryview(primes)[: bisect_right(primes, root)]


def _odd_primes(lo: int, hi: int) -> compress[int]:
    """Return the primes of the odd numbers ``lo``, ``lo + 2`` ... below ``hi``: Eratosthenes over odd numbers alone."""
    numbers = range(lo, hi, 2)
    marks = bytearray(b"\1") * len(numbers)
    for p in range(3, isqrt(hi) + 1, 2) if hi < 1 << 16 else sieving_primes(isqrt(hi)):
        first = max(p * p, lo + -lo % p)
        start = (first + p * (1 - first % 2) - lo) // 2
        marks[start::p] = bytearray(len(range(start, len(marks), p)))
    return compress(numbers, marks)
