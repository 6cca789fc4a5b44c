"""Larger primes: enumerated beforehand for a window of many segments, their hits sorted into one bucket per segment."""

from __future__ import annotations

from primes.kernels._compiled.memory import after, f64, i64, splice, u8, u32, u64
from primes.kernels._compiled.sieve_layout import BATCH, CLASS, INDEX, NEXT, RESIDUE, STEP_CARRY, STEP_DISTANCE


@splice
def sort(plan, buckets, k):
    """Sort the hits of a window into the buckets, if one begins at byte ``k``. Return False if one was too small."""
    if not buckets.last or (k - plan.k_begin) % buckets.window:
        return True
    return _sort_window(plan, buckets, k, min(buckets.window, plan.k_end - k))


@splice
def strike(plan, buckets, k):
    """Strike the segment that begins at byte ``k`` with the hits in its bucket."""
    if not buckets.last:
        return
    seg, s = plan.segment, ((k - plan.k_begin) % buckets.window) >> plan.shift
    start = s * buckets.capacity
    for x in range(start, start + buckets.filled[s]):
        hit = buckets.hits[x]
        seg[hit >> u32(3)] &= u8(255 ^ (1 << i64(hit & u32(7))))


@splice
def _sort_window(plan, buckets, k, size):
    """Sort the hits of all primes in ``size`` bytes. Return False if a bucket was too small.

    Multiples of 7 are left out: the patterns have struck them.

    First hits are found for a batch of primes before any is followed. How often a prime hits cannot be predicted;
    with both in one loop, each misprediction would wait for the long chain of operations behind the first hit.
    """
    for s in range(((size - 1) >> plan.shift) + 1):
        buckets.filled[s] = 0
    at, prime, n = buckets.gap, buckets.before, BATCH
    while n == BATCH:
        at, prime, n = _first_hits(plan, k, at, prime, buckets.last)
        if not _follow(plan, buckets, k, size, n):
            return False
    return True


@splice
def _first_hits(plan, k, at, prime, last_prime):
    """Find the first hits of up to BATCH primes after ``prime``; ``gaps[at]`` is half the distance to the next one.

    Return the same two for the next batch, and the number of primes in this one; the batch holds them, the place of
    their first hits and its index on the wheel of 210.
    """
    lookup, k_float, n = plan.lookup, f64(k), 0
    primes, places, rows = plan.batch, after(plan.batch, BATCH), after(plan.batch, 2 * BATCH)
    while n < BATCH:
        prime += 2 * i64(plan.gaps[at])
        at += 1
        if prime > last_prime:
            break
        # v = k mod 7 prime by floating point: the quotient is below 2**40, so it is off by at most one.
        inverse = 1.0 / f64(7 * prime)
        v = k - i64(k_float * inverse) * (7 * prime)
        v += (7 * prime) & (v >> 63)
        v -= (7 * prime) & ((7 * prime - 1 - v) >> 63)
        # 30 k lies 30 v / prime multiples past one of 210 prime. This fraction is a whole number only for v = 0,
        # and else further from one than rounding reaches, since 30 v < 2**41.
        j = lookup[NEXT + i64(210.0 * f64(v) * inverse)]
        primes[n] = prime
        places[n] = i64(u64(prime * lookup[RESIDUE + j]) // u64(30)) - v
        rows[n] = j if j < 48 else 0
        n += 1
    return at, prime, n


@splice
def _follow(plan, buckets, k, size, n):
    """Sort all hits of the ``n`` primes of a batch. Return False if a bucket was too small."""
    lookup, filled, capacity, shift = plan.lookup, buckets.filled, buckets.capacity, plan.shift
    primes, places, rows = plan.batch, after(plan.batch, BATCH), after(plan.batch, 2 * BATCH)
    inside = (1 << shift) - 1
    for i in range(n):
        p, place, j = primes[i], places[i], rows[i]
        a = i64(u64(p) // u64(30))
        b = p - 30 * a
        square = p * a + i64(u64(p * b) // u64(30))
        if square > k:  # below its square every multiple has a smaller factor
            place = square - k
            j = lookup[INDEX + i64(u64(p) % u64(210))]
        steps = lookup[CLASS + b]
        while place < size:
            s = place >> shift
            m = filled[s]
            if m == capacity:
                return False
            step = lookup[steps + j]
            buckets.hits[s * capacity + m] = u32((place & inside) << 3 | (step & 7))
            filled[s] = m + 1
            place += a * ((step >> STEP_DISTANCE) & 15) + (step >> STEP_CARRY)
            j = j + 1 if j < 47 else 0
    return True
