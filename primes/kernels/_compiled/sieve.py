"""The compiled half of numba-sieve: a segmented sieve of Eratosthenes on the wheel of 30.

One byte stands for 30 numbers: bit j of byte k is the number 30 k + RESIDUES[j]. All positions are in bytes and fit
int64 up to 2**64, so that nothing overflows: 30 k and p q are never formed.

The range is sieved in segments that stay in the level-2 cache. Each is struck by the smallest primes
(`sieve_patterns`), by those up to two millions (`sieve_striding`) and by larger ones (`sieve_buckets`); then what is
left is counted.
"""

from __future__ import annotations

import math

from numba import types

from primes.kernels._compiled import sieve_buckets as buckets
from primes.kernels._compiled import sieve_patterns as patterns
from primes.kernels._compiled import sieve_striding as striding
from primes.kernels._compiled.memory import BYTES, as_words, f64, i64, inline, ones, reader, u8
from primes.kernels._compiled.sieve_layout import Plan
from primes.kernels._compiled.sieve_output import write_flags, write_gaps

__all__ = ("SIGNATURES", "sieve", "write_flags", "write_gaps")

_read = reader(Plan)


def sieve(address):
    """Sieve as the `Plan` at ``address`` says; return the number of primes, or -1 if a bucket was too small."""
    plan = _read(address)
    length = 1 << plan.shift
    striding.begin(plan)
    counted = 0
    for k in range(plan.k_begin, plan.k_end, length):
        size = min(length, plan.k_end - k)
        if not (buckets.sort(plan, plan.near, k) and buckets.sort(plan, plan.far, k)):
            return -1
        patterns.fill(plan, k, _whole(size))
        striding.strike(plan, k, size, min(plan.root, i64(math.sqrt(30.0 * f64(k + size))) + 1))
        buckets.strike(plan, plan.near, k)
        buckets.strike(plan, plan.far, k)
        striding.restore(plan, k, size)
        _cut(plan, k, size)
        counted += _count(plan.segment, size)
        if plan.copy:
            for i in range(size):
                plan.out[k - plan.k_begin + i] = plan.segment[i]
    return counted


@inline
def _whole(size):
    """Return the next multiple of 64."""
    return (size + 63) & -64


@inline
def _cut(plan, k, size):
    """Clear what lies outside the range, and behind the segment what would be counted."""
    seg = plan.segment
    if k == plan.k_begin:
        seg[0] &= u8(plan.head)
    if k + size == plan.k_end:
        seg[size - 1] &= u8(plan.tail)
    for i in range(size, _whole(size)):
        seg[i] = u8(0)


@inline
def _count(seg, size):
    """Return the number of bits set."""
    counted, words = 0, as_words(seg)
    for i in range(_whole(size) >> 3):
        counted += i64(ones(words[i]))
    return counted


SIGNATURES = {
    "sieve": i64(BYTES),
    "write_gaps": i64(BYTES, i64, i64, i64, BYTES, i64),
    "write_flags": types.void(BYTES, i64, i64, BYTES, i64),
}
