"""The sieving primes that strike whole periods: up to two millions, by level and residue class."""

from __future__ import annotations

from bisect import bisect_right
from ctypes import c_int32, c_int64
from itertools import accumulate, chain, compress
from math import isqrt
from threading import Lock

from primes.kernels._compiled.sieve_layout import CLASSES, RESIDUES
from primes.kernels._numba_sieve.tuning import MEDIUM_LIMIT, PATTERNS, SMALL_LIMIT, STRIDE_LIMIT

LAST = 2097143  # the largest prime up to STRIDE_LIMIT

_growing = Lock()
_found: list[StridingPrimes] = []


class StridingPrimes:
    """The primes up to a limit, those of the patterns at the end; never changed once made."""

    def __init__(self, limit: int) -> None:
        """Find them."""
        marks = bytearray([1]) * (limit + 1)
        marks[:2] = b"\0\0"
        for n in range(2, isqrt(limit) + 1):
            if marks[n]:
                marks[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
        self.limit = limit
        found = [list(compress(range(residue, limit + 1, 30), marks[residue::30])) for residue in RESIDUES]
        patterned = sorted(prime for primes in PATTERNS for prime in primes)
        classes = [
            primes[bisect_right(primes, low) : bisect_right(primes, high)]
            for low, high in ((patterned[-1], SMALL_LIMIT), (SMALL_LIMIT, MEDIUM_LIMIT), (MEDIUM_LIMIT, STRIDE_LIMIT))
            for primes in found
        ]
        classes.append(patterned)  # not struck, but put back like the others
        ends = list(accumulate(map(len, classes)))
        self.primes = (c_int32 * ends[-1])(*chain.from_iterable(classes))
        self.first = (c_int64 * (CLASSES + 1))(0, *ends[:-1])
        self.stop = (c_int64 * (CLASSES + 1))(*ends)


def striding_to(root: int) -> StridingPrimes:
    """Return the striding primes up to ``root``, and perhaps more."""
    with _growing:
        if not _found or _found[-1].limit < min(root, STRIDE_LIMIT):
            _found.append(StridingPrimes(min(max(MEDIUM_LIMIT, 1 << root.bit_length()), STRIDE_LIMIT)))
        return _found[-1]
