"""The compiled half of numba-sieve.

One byte stands for 30 numbers: bit j of byte k is the number 30 k + RESIDUES[j]. All positions are in bytes and fit
int64 up to 2**64, so that nothing overflows: 30 k and p q are never formed.

The range is sieved in segments that stay in the level-2 cache. In each segment

1. the primes 7 to 163 are struck out by the AND of 16 periodic patterns, 64 bytes at a time;
2. primes up to two millions strike whole periods: a prime p hits 8 bits in every p bytes, always the same bits at the
   same distances, so that a period is 8 unconditional stores. The smaller the prime, the smaller the block that it
   strikes at a time, down to one that fits the level-1 cache. The last period is struck as a whole too. What reaches
   past the segment lands in a pad behind it, which is carried into the next segment;
3. larger primes have been enumerated beforehand for a window of many segments, their hits sorted into one bucket per
   segment, 4 bytes a hit.

Functions here take raw pointers and no Python objects. They become machine code once, which is kept on disk.
"""

from __future__ import annotations

import math

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

RESIDUES = (1, 7, 11, 13, 17, 19, 23, 29)

_u8, _i32, _i64, _u64, _f64 = types.uint8, types.int32, types.int64, types.uint64, types.float64
_bytes, _ints, _halves, _words, _longs = (types.CPointer(kind) for kind in (_u8, _i32, types.uint32, _u64, _i64))


# The plan's entries, one int64 each.
(
    K_BEGIN, K_END,  # the bytes to sieve
    HEAD, TAIL,  # masks of the bits that count in the first and in the last byte
    ROOT,  # no prime above it is needed
    SHIFT,  # a segment is 2**SHIFT bytes
    SMALL_BLOCK, MEDIUM_BLOCK, PAD_SIZE,  # bytes; the pad behind a segment is as long as the largest striding prime
    LEVEL_LIMIT,  # no striding prime exceeds it
    NEAR_WINDOW, NEAR_CAPACITY, NEAR_FIRST, NEAR_LAST,  # bytes, hits, and the primes: after FIRST up to LAST
    FAR_WINDOW, FAR_CAPACITY, FAR_FIRST, FAR_LAST, FAR_AT,  # the same, and the first gap's place
    COPY,
    PLAN_SIZE,
) = range(21)  # fmt: skip

# Where the tables begin in ``lookup``. For striding: 8 residues mod 30; residue -> its bit. For hits, on the wheel of
# 210: its 48 residues and 211; residue -> its index; floor(30 v / p) -> index of the next residue; p mod 30 -> where
# the 48 steps of its class begin; the steps: bit | distance to the next residue << 3 | carry << 7.
_SMALL_RESIDUE, _BIT, _RESIDUE, _INDEX, _NEXT, _CLASS = 0, 8, 38, 87, 297, 507
BATCH = 512  # primes whose first hits are found at once: 12 kB of the level-1 cache
PATTERN_PIECE = 4096  # bytes filled from each pattern at a time; a pattern is that much longer than its period


def _period(b: int) -> tuple[int, int]:
    """Return, for primes p = 30 a + b, the 8 byte masks and the 8 carries (b r) // 30, each packed into one int64.

    Multiple p (30 m + r) lies in byte p m + a r + (b r) // 30.
    """
    masks = sum((255 ^ 1 << RESIDUES.index(b * r % 30)) << 8 * j for j, r in enumerate(RESIDUES))
    carries = sum(b * r // 30 << 8 * j for j, r in enumerate(RESIDUES))
    return masks - (masks >> 63 << 64), carries


_MASKS_1, _CARRIES_1 = _period(1)
_MASKS_7, _CARRIES_7 = _period(7)
_MASKS_11, _CARRIES_11 = _period(11)
_MASKS_13, _CARRIES_13 = _period(13)
_MASKS_17, _CARRIES_17 = _period(17)
_MASKS_19, _CARRIES_19 = _period(19)
_MASKS_23, _CARRIES_23 = _period(23)
_MASKS_29, _CARRIES_29 = _period(29)


_inline = njit(forceinline=True, error_model="numpy")


@intrinsic
def _ones(context, word):  # type: ignore[no-untyped-def]
    """Return the number of bits set in a uint64."""
    return _u64(_u64), lambda context, builder, signature, arguments: builder.ctpop(arguments[0])


@intrinsic
def _trailing_zeros(context, word):  # type: ignore[no-untyped-def]
    """Return how many zeros a uint64 other than 0 ends in."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return _u64(_u64), generate


_RESIDUES_PACKED = sum(r << 8 * j for j, r in enumerate(RESIDUES))


@_inline
def _residue(j):  # type: ignore[no-untyped-def]
    return (_RESIDUES_PACKED >> (8 * j)) & 255


@_inline
def _spread(byte):  # type: ignore[no-untyped-def]
    """Return the 30 bits that the bits of one sieved byte stand for."""
    return _u64(
        (byte & 1) << 1 | (byte & 2) << 6 | (byte & 4) << 9 | (byte & 8) << 10
        | (byte & 16) << 13 | (byte & 32) << 14 | (byte & 64) << 17 | (byte & 128) << 22
    )  # fmt: skip


@intrinsic
def _and_9(context, to, source, at, table, a, b, c, d, e, f, g, h):  # type: ignore[no-untyped-def]
    """Set the 64 bytes at ``to + at`` to the AND of those at ``source + at`` and at ``table`` + 8 offsets.

    Written as one vector because LLVM leaves the plain loop scalar: it gives up on checking 9 pointers for overlap.
    """
    signature = types.void(_bytes, _bytes, _i64, _bytes, *(_i64,) * 8)

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        vector = ir.VectorType(ir.IntType(8), 64)

        def place(pointer, offset):  # type: ignore[no-untyped-def]
            return builder.bitcast(builder.gep(pointer, [offset]), vector.as_pointer())

        to, source, at, table = arguments[:4]
        value = builder.load(place(source, at), align=1)
        for offset in arguments[4:]:
            value = builder.and_(value, builder.load(place(table, builder.add(offset, at)), align=1))
        builder.store(value, place(to, at), align=1)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def _behind(context, pointer, offset):  # type: ignore[no-untyped-def]
    """Return the pointer to what lies ``offset`` bytes on."""
    return _bytes(_bytes, _i64), lambda context, builder, signature, arguments: builder.gep(arguments[0], arguments[1:])


@intrinsic
def _after(context, pointer, offset):  # type: ignore[no-untyped-def]
    """Return the pointer to the int64 ``offset`` entries on."""
    return _longs(_longs, _i64), lambda context, builder, signature, arguments: builder.gep(arguments[0], arguments[1:])


@intrinsic
def _as_words(context, pointer):  # type: ignore[no-untyped-def]
    """Return the pointer as one to uint64."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64).as_pointer())

    return _words(_bytes), generate


@_inline
def _strike(seg, i, a, p, periods, masks, carries):  # type: ignore[no-untyped-def]
    """Clear 8 bits in each of ``periods`` periods of p bytes from byte ``i`` on; masks and carries are constants."""
    o1 = 7 * a + ((carries >> 8) & 255)
    o2 = 11 * a + ((carries >> 16) & 255)
    o3 = 13 * a + ((carries >> 24) & 255)
    o4 = 17 * a + ((carries >> 32) & 255)
    o5 = 19 * a + ((carries >> 40) & 255)
    o6 = 23 * a + ((carries >> 48) & 255)
    o7 = 29 * a + ((carries >> 56) & 255)
    i += a
    o1, o2, o3, o4, o5, o6, o7 = o1 - a, o2 - a, o3 - a, o4 - a, o5 - a, o6 - a, o7 - a
    for _ in range(periods):
        seg[i] &= _u8(masks & 255)
        seg[i + o1] &= _u8((masks >> 8) & 255)
        seg[i + o2] &= _u8((masks >> 16) & 255)
        seg[i + o3] &= _u8((masks >> 24) & 255)
        seg[i + o4] &= _u8((masks >> 32) & 255)
        seg[i + o5] &= _u8((masks >> 40) & 255)
        seg[i + o6] &= _u8((masks >> 48) & 255)
        seg[i + o7] &= _u8((masks >> 56) & 255)
        i += p


@_inline
def _strike_class(seg, primes, at, periods, first, last, end, masks, carries):  # type: ignore[no-untyped-def]
    """Strike primes of one residue class until each has reached byte ``end``.

    ``at[x]`` is where the next period of prime x begins, less than a period past the start of the block; so either
    ``periods[x]`` = block length // p periods are missing, or one more.
    """
    for x in range(first, last):
        p, i, n = _i64(primes[x]), _i64(at[x]), _i64(periods[x])
        n += 1 if i + n * p < end else 0
        _strike(seg, i, _i64(types.uint32(p) // types.uint32(30)), p, n, masks, carries)
        at[x] = _i32(i + n * p)


@_inline
def _strike_level(seg, primes, at, periods, first, last, level, end):  # type: ignore[no-untyped-def]
    """Strike the active primes of one level, a residue class at a time."""
    o = 8 * level
    _strike_class(seg, primes, at, periods, first[o], last[o], end, _MASKS_1, _CARRIES_1)
    _strike_class(seg, primes, at, periods, first[o + 1], last[o + 1], end, _MASKS_7, _CARRIES_7)
    _strike_class(seg, primes, at, periods, first[o + 2], last[o + 2], end, _MASKS_11, _CARRIES_11)
    _strike_class(seg, primes, at, periods, first[o + 3], last[o + 3], end, _MASKS_13, _CARRIES_13)
    _strike_class(seg, primes, at, periods, first[o + 4], last[o + 4], end, _MASKS_17, _CARRIES_17)
    _strike_class(seg, primes, at, periods, first[o + 5], last[o + 5], end, _MASKS_19, _CARRIES_19)
    _strike_class(seg, primes, at, periods, first[o + 6], last[o + 6], end, _MASKS_23, _CARRIES_23)
    _strike_class(seg, primes, at, periods, first[o + 7], last[o + 7], end, _MASKS_29, _CARRIES_29)


@_inline
def _activate(seg, k, primes, at, periods, last, stop, block, limit, lookup):  # type: ignore[no-untyped-def]
    """Take up the primes up to ``limit`` of all classes of one level; strike what lies ahead of their next period."""
    for c in range(8):
        x = last[c]
        while x < stop[c] and primes[x] <= limit:
            p = _i64(primes[x])
            v = k % p
            if v:
                for j in range(8):
                    product = p * lookup[_SMALL_RESIDUE + j]
                    byte = product // 30 - v
                    if byte >= 0:
                        seg[byte] &= _u8(255 ^ (1 << lookup[_BIT + product % 30]))
            at[x] = _i32(p - v if v else 0)
            periods[x] = _i32(block // p)
            x += 1
        last[c] = x


@_inline
def _presieve(seg, k, size, patterns, starts, periods):  # type: ignore[no-untyped-def]
    """Fill ``size`` bytes, a multiple of 64, with the AND of the patterns."""
    for begin in range(0, size, PATTERN_PIECE):
        end = min(begin + PATTERN_PIECE, size)
        k_begin = k + begin
        for half in range(0, 16, 8):
            a = starts[half] + k_begin % periods[half] - begin
            b = starts[half + 1] + k_begin % periods[half + 1] - begin
            c = starts[half + 2] + k_begin % periods[half + 2] - begin
            d = starts[half + 3] + k_begin % periods[half + 3] - begin
            e = starts[half + 4] + k_begin % periods[half + 4] - begin
            f = starts[half + 5] + k_begin % periods[half + 5] - begin
            g = starts[half + 6] + k_begin % periods[half + 6] - begin
            h = starts[half + 7] + k_begin % periods[half + 7] - begin
            if half:
                for i in range(begin, end, 64):
                    _and_9(seg, seg, i, patterns, a, b, c, d, e, f, g, h)
            else:
                first = _behind(patterns, a)
                for i in range(begin, end, 64):
                    _and_9(seg, first, i, patterns, b, b, c, d, e, f, g, h)


@_inline
def _sort_hits(  # type: ignore[no-untyped-def]
    buckets, filled, capacity, shift, k, size, gaps, at, prime, last_prime, lookup, batch
):
    """Sort the hits of the primes after ``prime`` up to ``last_prime`` into one bucket per segment of 2**shift bytes.

    ``gaps[at]`` is half the distance from ``prime`` to the next one. Multiples of 7 are left out: the patterns have
    struck them. Return False if a bucket was too small.

    First hits are found for a batch of primes before any is followed. How often a prime hits cannot be predicted;
    with both in one loop, each misprediction would wait for the long chain of operations behind the first hit.
    """
    for s in range(((size - 1) >> shift) + 1):
        filled[s] = 0
    inside = (1 << shift) - 1
    k_float = _f64(k)
    primes, positions, rows = batch, _after(batch, BATCH), _after(batch, 2 * BATCH)
    more = True
    while more:
        n = 0
        while n < BATCH:
            prime += 2 * _i64(gaps[at])
            at += 1
            if prime > last_prime:
                more = False
                break
            # v = k mod 7 prime by floating point: the quotient is below 2**40, so it is off by at most one.
            inverse = 1.0 / _f64(7 * prime)
            v = k - _i64(k_float * inverse) * (7 * prime)
            v += (7 * prime) & (v >> 63)
            v -= (7 * prime) & ((7 * prime - 1 - v) >> 63)
            # 30 k lies 30 v / prime multiples past one of 210 prime. This fraction is a whole number only for v = 0,
            # and else further from one than rounding reaches, since 30 v < 2**41.
            j = lookup[_NEXT + _i64(210.0 * _f64(v) * inverse)]
            primes[n] = prime
            positions[n] = _i64(_u64(prime * lookup[_RESIDUE + j]) // _u64(30)) - v
            rows[n] = j if j < 48 else 0
            n += 1
        for i in range(n):
            p, pos, j = primes[i], positions[i], rows[i]
            a = _i64(_u64(p) // _u64(30))
            b = p - 30 * a
            square = p * a + _i64(_u64(p * b) // _u64(30))
            if square > k:  # below its square every multiple has a smaller factor
                pos = square - k
                j = lookup[_INDEX + _i64(_u64(p) % _u64(210))]
            steps = lookup[_CLASS + b]
            while pos < size:
                s = pos >> shift
                m = filled[s]
                if m == capacity:
                    return False
                row = lookup[steps + j]
                buckets[s * capacity + m] = types.uint32((pos & inside) << 3 | (row & 7))
                filled[s] = m + 1
                pos += a * ((row >> 3) & 15) + (row >> 7)
                j = j + 1 if j < 47 else 0
    return True


@_inline
def _strike_bucket(seg, buckets, start, size):  # type: ignore[no-untyped-def]
    for x in range(start, start + size):
        hit = buckets[x]
        seg[hit >> types.uint32(3)] &= _u8(255 ^ (1 << _i64(hit & types.uint32(7))))


def sieve(  # type: ignore[no-untyped-def]
    plan,
    seg,
    primes,
    at,
    periods,
    first,
    last,
    stop,
    lookup,
    patterns,
    pattern_starts,
    pattern_periods,
    gaps,
    near,
    near_filled,
    far,
    far_filled,
    batch,
    out,
):
    """Sieve bytes k_begin to k_end as ``plan`` says; return the number of primes, or -1 if a bucket was too small.

    With ``plan[COPY]`` the sieved bytes are also written to ``out``.
    """
    k_begin, k_end, shift = plan[K_BEGIN], plan[K_END], plan[SHIFT]
    length, small, medium, pad_size = 1 << shift, plan[SMALL_BLOCK], plan[MEDIUM_BLOCK], plan[PAD_SIZE]
    pad = _behind(seg, length)
    for i in range(pad_size):
        pad[i] = _u8(255)
    for c in range(24):
        last[c] = first[c]
    counted = 0
    k = k_begin
    while k < k_end:
        size = min(length, k_end - k)
        since = k - k_begin
        if (
            plan[NEAR_LAST]
            and since % plan[NEAR_WINDOW] == 0
            and not _sort_hits(
                near,
                near_filled,
                plan[NEAR_CAPACITY],
                shift,
                k,
                min(plan[NEAR_WINDOW], k_end - k),
                gaps,
                0,
                plan[NEAR_FIRST],
                plan[NEAR_LAST],
                lookup,
                batch,
            )
        ):
            return -1
        if (
            plan[FAR_LAST]
            and since % plan[FAR_WINDOW] == 0
            and not _sort_hits(
                far,
                far_filled,
                plan[FAR_CAPACITY],
                shift,
                k,
                min(plan[FAR_WINDOW], k_end - k),
                gaps,
                plan[FAR_AT],
                plan[FAR_FIRST],
                plan[FAR_LAST],
                lookup,
                batch,
            )
        ):
            return -1
        whole = (size + 63) & -64
        _presieve(seg, k, whole, patterns, pattern_starts, pattern_periods)
        for i in range(min(pad_size, length)):
            seg[i] &= pad[i]
        for i in range(pad_size - length):
            pad[i] = pad[i + length]
        for i in range(max(0, pad_size - length), pad_size):
            pad[i] = _u8(255)

        limit = min(plan[ROOT], _i64(math.sqrt(30.0 * _f64(k + size))) + 1)
        if size < length:  # the last segment: fewer periods reach its end
            for c in range(16, 24):
                for x in range(first[c], last[c]):
                    periods[x] = _i32(size // _i64(primes[x]))
        _activate(seg, k, primes, at, periods, last, stop, small, limit, lookup)
        _activate(seg, k, primes, at, periods, _after(last, 8), _after(stop, 8), medium, limit, lookup)
        _activate(seg, k, primes, at, periods, _after(last, 16), _after(stop, 16), size, limit, lookup)
        for t in range(0, size, medium):
            for u in range(t, min(t + medium, size), small):
                _strike_level(seg, primes, at, periods, first, last, 0, u + small)
            _strike_level(seg, primes, at, periods, first, last, 1, t + medium)
        _strike_level(seg, primes, at, periods, first, last, 2, size)
        for c in range(24):
            for x in range(first[c], last[c]):
                at[x] -= _i32(length)

        if plan[NEAR_LAST]:
            s = (since % plan[NEAR_WINDOW]) >> shift
            _strike_bucket(seg, near, s * plan[NEAR_CAPACITY], near_filled[s])
        if plan[FAR_LAST]:
            s = (since % plan[FAR_WINDOW]) >> shift
            _strike_bucket(seg, far, s * plan[FAR_CAPACITY], far_filled[s])

        if 30 * k <= plan[LEVEL_LIMIT]:  # the sieving primes have struck themselves
            for c in range(25):
                for x in range(first[c], last[c]):
                    byte = primes[x] // 30 - k
                    if 0 <= byte < size:
                        seg[byte] |= _u8(1 << lookup[_BIT + primes[x] % 30])
            if k == 0:
                seg[0] &= _u8(254)  # 1 is not prime
        if k == k_begin:
            seg[0] &= _u8(plan[HEAD])
        if k + size == k_end:
            seg[size - 1] &= _u8(plan[TAIL])
        for i in range(size, whole):
            seg[i] = _u8(0)
        words = _as_words(seg)
        for i in range(whole >> 3):
            counted += _i64(_ones(words[i]))
        if plan[COPY]:
            for i in range(size):
                out[since + i] = seg[i]
        k += length
    return counted


def write_gaps(wheel, size, k, prime, gaps, at):  # type: ignore[no-untyped-def]
    """Append half the gaps between the primes of ``size`` sieved bytes from byte ``k`` on; return the last prime.

    ``prime`` is the one before; its gap goes to ``gaps[at]``.
    """
    words = _as_words(wheel)
    for i in range(size >> 3):
        word = words[i]
        while word != _u64(0):
            zeros = _i64(_trailing_zeros(word))
            following = 30 * (k + 8 * i + (zeros >> 3)) + _residue(zeros & 7)
            gaps[at] = _u8((following - prime) >> 1)
            prime = following
            at += 1
            word &= word - _u64(1)
    return prime


def write_flags(wheel, size, skip, flags, flags_size):  # type: ignore[no-untyped-def]
    """Write the packed flags of the numbers from ``skip`` on, counted from the first sieved byte's 30 k.

    4 sieved bytes are 120 numbers, or 15 bytes of flags. ``flags`` takes ``flags_size`` bytes; bits behind the last
    sieved byte are written as zero.
    """
    held, bits, source = _u64(0), -skip, 0
    for i in range(flags_size):
        while bits < 8:
            word = _spread(_i64(wheel[source])) if source < size else _u64(0)
            source += 1
            if bits >= 0:
                held |= word << _u64(bits)
            elif bits > -30:
                held |= word >> _u64(-bits)
            bits += 30
        flags[i] = _u8(held & _u64(255))
        held >>= _u64(8)
        bits -= 8


SIGNATURES = {
    "sieve": _i64(
        _longs, _bytes, _ints, _ints, _ints, _longs, _longs, _longs, _longs, _bytes, _longs, _longs,
        _bytes, _halves, _longs, _halves, _longs, _longs, _bytes,
    ),
    "write_gaps": _i64(_bytes, _i64, _i64, _i64, _bytes, _i64),
    "write_flags": types.void(_bytes, _i64, _i64, _bytes, _i64),
}  # fmt: skip
