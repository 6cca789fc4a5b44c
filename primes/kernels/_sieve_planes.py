"""A sieve of eight byte planes, one per residue modulo 30 that can hold a prime: the fastest for wide ranges.

Byte k of the plane of residue r belongs to the number 30k + r. Every plane is sieved by itself, so that it stays in the
processor's cache. All planes begin as copies of a pattern that has the multiples of 7, 11, 13, 17 and 19 struck out.

Source: P. Pritchard, Explaining the wheel sieve, 1982; C. Bays and R. H. Hudson, The segmented sieve of Eratosthenes
and primes in arithmetic progressions to 10**12, 1977.
"""

from __future__ import annotations

from bisect import bisect_left
from math import isqrt

from primes.kernels._sieving_primes import sieving_primes

TYPE_CHECKING = False  # typing is not imported at run time: worker processes load this module
if TYPE_CHECKING:
    from collections.abc import Iterator

RESIDUES = (1, 7, 11, 13, 17, 19, 23, 29)
STRUCK = (7, 11, 13, 17, 19)  # the primes of the pattern: it does not mark these themselves
_PERIOD = 7 * 11 * 13 * 17 * 19

_patterns: dict[int, bytes] = {}
_table: list[tuple[int, int]] = []  # (p, -1/30 mod p) for the sieving primes p above 19

_INVERSES = {residue: pow(residue, -1, 30) for residue in RESIDUES}
_SKIPPED = 2 + len(STRUCK)  # the odd primes that strike nothing here: 3, 5 and those of the pattern


def planes(lo: int, hi: int) -> Iterator[tuple[int, memoryview]]:
    """Yield (residue, marks) eight times: one byte, 1 for a prime, per number of ``[lo, hi)`` with that residue.

    The primes up to 19 come unmarked. Each step overwrites the marks of the one before: use or copy them at once.
    """
    base = lo // 30
    size = -(-hi // 30) - base
    squared = 30 * base
    plain, late = [], []
    stores: dict[int, bytearray] = {}
    for p, inverse in _striking(isqrt(hi - 1)):
        if p * p <= squared:
            hits = -(-size // p)
            zeros = stores.get(hits)
            if zeros is None:  # neighbouring primes strike equally often and share their zeros
                zeros = stores[hits] = bytearray(hits)
            plain.append((p, inverse, -base % p, hits * p, zeros))
        else:
            late.append((p, inverse))
    # Every prime strikes the same number of bytes wherever it begins, at the price of a few bytes behind the end.
    margin = plain[-1][0] if plain else 0
    plane = bytearray(size + margin)
    for residue in RESIDUES:
        _fill(plane, residue, base)
        for p, inverse, shift, reach, zeros in plain:
            start = (residue * inverse + shift) % p
            plane[start : start + reach : p] = zeros
        for p, inverse in late:
            square = -((residue - p * p) // 30)  # the first byte that is not below p * p
            start = square - base + (residue * inverse - square) % p
            if start < size:
                plane[start:size:p] = bytearray(len(range(start, size, p)))
        if residue == 1 and base == 0:
            plane[0] = 0
        begin = residue < lo - squared
        end = size - (residue >= hi - 30 * (base + size - 1))
        yield residue, memoryview(plane)[begin:end]


def _fill(plane: bytearray, residue: int, base: int) -> None:
    """Begin the plane at byte ``base`` with the pattern of its residue."""
    pattern = _patterns.get(residue)
    if pattern is None:
        marks = bytearray(b"\1") * _PERIOD
        for p in STRUCK:
            start = residue * -pow(30, -1, p) % p
            marks[start::p] = bytearray(_PERIOD // p)
        pattern = _patterns[residue] = bytes(marks)
    phase = base % _PERIOD
    done = min(len(plane), _PERIOD - phase)
    plane[:done] = pattern[phase : phase + done]
    while done < len(plane):
        more = min(len(plane) - done, _PERIOD)
        plane[done : done + more] = pattern[:more]
        done += more


def _striking(root: int) -> list[tuple[int, int]]:
    """Return (p, -1/30 mod p) for the primes p from 23 to ``root``."""
    global _table
    table = _table
    if not table or table[-1][0] < root:
        # -1/30 mod p is (m * p - 1) / 30 for the m below 30 with m * p = 1 mod 30.
        new = sieving_primes(root)[len(table) + _SKIPPED :]
        # A new list, because another thread may be extending the old one.
        _table = table = table + [(p, (_INVERSES[p % 30] * p - 1) // 30) for p in new]
    return table[: bisect_left(table, (root + 1, 0))]
