"""Primes up to two millions: they strike whole periods.

A prime p hits 8 bits in every p bytes, always the same bits at the same distances, so that a period is 8 unconditional
stores. The smaller the prime, the smaller the block that it strikes at a time, down to one that fits the level-1 cache;
there are three such levels. The last period is struck as a whole too: what reaches past the segment lands in a pad
behind it, which is carried into the next segment.
"""

from __future__ import annotations

from primes.kernels._compiled.memory import behind, i32, i64, inline, splice, u8, u32
from primes.kernels._compiled.sieve_layout import BIT, CLASSES, RESIDUES, SMALL_RESIDUE


def _period(b: int) -> tuple[int, int]:
    """Return, for primes p = 30 a + b, the 8 byte masks and the 8 carries (b r) // 30, each packed into one int64.

    Multiple p (30 m + r) lies in byte p m + a r + (b r) // 30.
    """
    masks = sum((255 ^ 1 << RESIDUES.index(b * r % 30)) << 8 * j for j, r in enumerate(RESIDUES))
    carries = sum(b * r // 30 << 8 * j for j, r in enumerate(RESIDUES))
    return masks - (masks >> 63 << 64), carries


_MASKS, _CARRIES = zip(*map(_period, RESIDUES), strict=True)


@inline
def begin(plan):
    """Take up no prime yet, and clear the pad: nothing has reached past a segment."""
    pad = behind(plan.segment, 1 << plan.shift)
    for i in range(plan.pad_size):
        pad[i] = u8(255)
    for c in range(CLASSES):
        plan.striding.last[c] = plan.striding.first[c]


@splice
def strike(plan, k, size, limit):
    """Strike a segment of ``size`` bytes from byte ``k`` on with the primes up to ``limit``."""
    striding, seg, length = plan.striding, plan.segment, 1 << plan.shift
    _carry_over(plan, length)
    if size < length:  # the last segment: fewer periods reach its end
        for c in range(16, CLASSES):
            for x in range(striding.first[c], striding.last[c]):
                striding.periods[x] = i32(size // i64(striding.primes[x]))
    _activate(plan, k, 0, plan.small_block, limit)
    _activate(plan, k, 1, plan.medium_block, limit)
    _activate(plan, k, 2, size, limit)
    for t in range(0, size, plan.medium_block):
        for u in range(t, min(t + plan.medium_block, size), plan.small_block):
            _strike_level(seg, striding, 0, u + plan.small_block)
        _strike_level(seg, striding, 1, t + plan.medium_block)
    _strike_level(seg, striding, 2, size)
    for c in range(CLASSES):
        for x in range(striding.first[c], striding.last[c]):
            striding.at[x] -= i32(length)


@inline
def restore(plan, k, size):
    """Put back the primes that have struck themselves, those of the patterns included; strike 1."""
    if 30 * k > plan.striding.limit:
        return
    striding, seg = plan.striding, plan.segment
    for c in range(CLASSES + 1):
        for x in range(striding.first[c], striding.last[c]):
            byte = striding.primes[x] // 30 - k
            if 0 <= byte < size:
                seg[byte] |= u8(1 << plan.lookup[BIT + striding.primes[x] % 30])
    if k == 0:
        seg[0] &= u8(254)


@inline
def _carry_over(plan, length):
    """Strike what periods of the segment before have reached, and move the pad on."""
    seg, pad_size = plan.segment, plan.pad_size
    pad = behind(seg, length)
    for i in range(min(pad_size, length)):
        seg[i] &= pad[i]
    for i in range(pad_size - length):
        pad[i] = pad[i + length]
    for i in range(max(0, pad_size - length), pad_size):
        pad[i] = u8(255)


@inline
def _activate(plan, k, level, block, limit):
    """Take up the primes up to ``limit`` of all classes of one level; strike what lies ahead of their next period."""
    striding, seg, lookup = plan.striding, plan.segment, plan.lookup
    for c in range(8 * level, 8 * level + 8):
        x = striding.last[c]
        while x < striding.stop[c] and striding.primes[x] <= limit:
            p = i64(striding.primes[x])
            v = k % p
            if v:
                for j in range(8):
                    product = p * lookup[SMALL_RESIDUE + j]
                    byte = product // 30 - v
                    if byte >= 0:
                        seg[byte] &= u8(255 ^ (1 << lookup[BIT + product % 30]))
            striding.at[x] = i32(p - v if v else 0)
            striding.periods[x] = i32(block // p)
            x += 1
        striding.last[c] = x


@splice
def _strike_level(seg, striding, level, end):
    """Strike the active primes of one level, a residue class at a time; each class has constants of its own."""
    o = 8 * level
    _strike_class(seg, striding, o, end, _MASKS[0], _CARRIES[0])
    _strike_class(seg, striding, o + 1, end, _MASKS[1], _CARRIES[1])
    _strike_class(seg, striding, o + 2, end, _MASKS[2], _CARRIES[2])
    _strike_class(seg, striding, o + 3, end, _MASKS[3], _CARRIES[3])
    _strike_class(seg, striding, o + 4, end, _MASKS[4], _CARRIES[4])
    _strike_class(seg, striding, o + 5, end, _MASKS[5], _CARRIES[5])
    _strike_class(seg, striding, o + 6, end, _MASKS[6], _CARRIES[6])
    _strike_class(seg, striding, o + 7, end, _MASKS[7], _CARRIES[7])


@inline
def _strike_class(seg, striding, c, end, masks, carries):
    """Strike primes of one residue class until each has reached byte ``end``.

    ``at[x]`` is where the next period of prime x begins, less than a period past the start of the block; so either
    ``periods[x]`` = block length // p periods are missing, or one more.
    """
    for x in range(striding.first[c], striding.last[c]):
        p, i, n = i64(striding.primes[x]), i64(striding.at[x]), i64(striding.periods[x])
        n += 1 if i + n * p < end else 0
        _strike_periods(seg, i, i64(u32(p) // u32(30)), p, n, masks, carries)
        striding.at[x] = i32(i + n * p)


@inline
def _strike_periods(seg, i, a, p, periods, masks, carries):
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
        seg[i] &= u8(masks & 255)
        seg[i + o1] &= u8((masks >> 8) & 255)
        seg[i + o2] &= u8((masks >> 16) & 255)
        seg[i + o3] &= u8((masks >> 24) & 255)
        seg[i + o4] &= u8((masks >> 32) & 255)
        seg[i + o5] &= u8((masks >> 40) & 255)
        seg[i + o6] &= u8((masks >> 48) & 255)
        seg[i + o7] &= u8((masks >> 56) & 255)
        i += p
