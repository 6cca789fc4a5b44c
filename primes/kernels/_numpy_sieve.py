"""The half of numpy-sieve that needs numpy.

The numbers M k + r of a window are sieved one residue r after the other, where M is 30 or 210. For one residue,

1. a plane with one byte for each k is struck by the larger primes: p divides every p-th byte. Primes that strike often
   use a slice, which numpy stores into without an index; a call costs as much as forty hits, so that those which
   strike seldom are taken together, as an array of indices;
2. the plane is packed, 8 k to a byte, and ANDed with patterns of the small primes. A pattern of two primes costs a
   fiftieth of a nanosecond per k and spares both their strokes.

Where p strikes: p divides M k + r when k = -r / M modulo p. With x = (k0 - 1 + r / M) mod p, the first stroke from
k0 on is p - 1 - x bytes behind it; going from one residue to the next adds a constant to x.
"""

from __future__ import annotations

from functools import cache
from math import gcd, isqrt, prod
from threading import Lock

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    Whole = NDArray[np.unsignedinteger[Any]]  # 32 or 64 bits, as the primes need

# The wheel of 210 saves one stroke in seven, but has six times as many planes, each of which visits every prime.
# Windows are in k. CPU seconds for 1e9 numbers on the processor named in tests/performance/README.md, with WINDOW:
# from 1e9 on 1.6e6 0.460, 4.8e6 0.476; from 1e12 on, where longer planes save calls, 1.6e6 1.149, 4.8e6 0.928.
DEEP = 1 << 22  # with sieving primes beyond it, the wheel of 30 is faster
SHORT = 1 << 17  # with no sieving primes beyond it, short windows are faster
SHORT_WINDOW, WINDOW = 1_600_000, 4_800_000  # 210 times as many numbers
# 30 times as many numbers; each window visits all sieving primes. From 1e15 on: 2**24 2.38, 2**25 2.82; from 1e18 on,
# with 26 times as many primes, 2**24 7.4, 2**25 5.7.
DEEP_WINDOW, DEEPEST_WINDOW = 1 << 24, 1 << 25
DEEPEST = 1 << 28
PATTERN_LIMIT = 300  # primes below it are struck by patterns
PATTERN_PIECE = 1 << 16  # bytes ANDed at once: plane and pattern stay in the level-2 cache
BLOCK = 1 << 20  # bytes of a plane that primes below BLOCK_LIMIT strike at once: they stay in the level-2 cache
BLOCK_LIMIT = 6000  # a prime strikes a block often enough for that; beyond it, calls cost more than cache misses
SLICE_HITS = 40  # a prime that strikes a plane less often is struck by index; from 1e12 on: 40 0.928, 60 0.935
FEW = 1 << 18  # primes struck by index whose first strokes are kept for all planes: at most 100 MB
BATCH = 1 << 18  # primes struck by index at once where they are more; from 1e15 on: 2**16 2.92, 2**18 2.38

_ZERO = np.zeros((), np.uint8)  # storing a 0-d array skips a conversion in every call
_lock = Lock()


class _Wheel:
    """The residues prime to the modulus, and what depends on both alone."""

    def __init__(self, primes: tuple[int, ...], patterns: tuple[tuple[int, ...], ...]) -> None:
        self.primes = primes
        self.modulus = prod(primes)
        self.residues = [r for r in range(self.modulus) if gcd(r, self.modulus) == 1]
        self.window = WINDOW if self.modulus == 210 else DEEP_WINDOW
        # M**-1 mod p = (1 + p u) / M, where u = -p**-1 mod M depends on p mod M alone.
        self.minus_inverses = np.zeros(self.modulus, np.uint64)
        for r in self.residues:
            self.minus_inverses[r] = -pow(r, -1, self.modulus) % self.modulus
        used = max(prime for group in patterns for prime in group)
        rest = [p for p in range(used + 1, PATTERN_LIMIT) if all(p % q for q in range(2, isqrt(p) + 1))]
        half = len(rest) // 2
        groups = [*patterns, *zip(rest[:half], reversed(rest[-half:]), strict=True)]
        if len(rest) % 2:
            groups.append((rest[half],))
        self.patterned = np.array(sorted(prime for group in groups for prime in group), np.int64)
        self.patterns = [_pattern(group) for group in groups]


@cache
def _wheel(root: int) -> _Wheel:
    """Return the wheel for sieving primes up to ``root``: 0 or `DEEP`."""
    if root:
        return _Wheel((2, 3, 5), ((7, 11, 13, 17), (19, 23, 29), (31, 37, 41)))
    return _Wheel((2, 3, 5, 7), ((11, 13, 17, 19), (23, 29, 31)))


def _pattern(group: tuple[int, ...]) -> tuple[int, NDArray[np.uint8]]:
    """Return (period, pattern): bit i is 0 where a prime of the group divides i, long enough to start anywhere."""
    period = prod(group)
    bits = np.ones(8 * period, np.uint8)
    for prime in group:
        bits[::prime] = 0
    return period, np.resize(np.packbits(bits, bitorder="little"), period + PATTERN_PIECE)


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds."""
    wheel = _wheel_for(hi)
    counted = sum(lo <= prime < hi for prime in wheel.primes)
    for _, packed in _windows(lo, hi, wheel):
        counted += _ones(packed)
    return counted


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``."""
    wheel = _wheel_for(hi)
    modulus = wheel.modulus
    parts: list[NDArray[np.uint8]] = []
    rest = np.zeros(0, np.uint8)
    skip = lo % modulus
    left = hi - lo
    piece = (1 << 22) // modulus // 8 * 8
    for size, packed in _windows(lo, hi, wheel):
        for start in range(0, size, piece):
            stop = min(start + piece, size)
            wide = np.zeros((stop - start, modulus), np.uint8)
            for plane, residue in zip(packed, wheel.residues, strict=True):
                bits = np.unpackbits(plane[start // 8 : (stop + 7) // 8], bitorder="little")
                wide[:, residue] = bits[: stop - start]
            numbers = np.concatenate((rest, wide.reshape(-1)[skip:]))
            skip = 0
            whole = min(len(numbers) // 8 * 8, left)
            parts.append(np.packbits(numbers[:whole], bitorder="little"))
            left -= whole
            rest = numbers[whole:]
    if left:
        parts.append(np.packbits(rest[:left], bitorder="little"))
    joined = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
    for prime in wheel.primes:
        if lo <= prime < hi:
            joined[(prime - lo) // 8] |= 1 << (prime - lo) % 8
    return joined.tobytes()


def _position(primes: NDArray[np.uint32], most: int) -> int:
    """Return how many of the primes are at most ``most``.

    The type matters: for a plain int, numpy first turns the whole table, hundreds of megabytes, into 64 bits.
    """
    return int(np.searchsorted(primes, np.uint32(min(most, 2**32 - 1)), side="right"))


def _wheel_for(hi: int) -> _Wheel:
    return _wheel(DEEP if hi > DEEP**2 else 0)


def _windows(lo: int, hi: int, wheel: _Wheel) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield (number of k, one packed plane per residue) for the windows that cover ``[lo, hi)``, and no more."""
    if lo >= hi:
        return
    root, modulus = isqrt(hi - 1), wheel.modulus
    primes = _primes_to(root)
    k_begin, k_end = lo // modulus, -(-hi // modulus)
    longest = wheel.window
    if root < SHORT:
        longest = min(SHORT_WINDOW, longest)
    elif root > DEEPEST:
        longest = DEEPEST_WINDOW
    for k in range(k_begin, k_end, longest):
        size = min(longest, k_end - k)
        needed = primes[: _position(primes, isqrt(modulus * (k + size)))]
        packed = _sieve(k, size, needed, wheel)
        for plane, residue in zip(packed, wheel.residues, strict=True):
            if k == k_begin and residue < lo % modulus:
                plane[0] &= 254
            if k + size == k_end and hi % modulus and residue >= hi % modulus:
                plane[(size - 1) // 8] &= ~(1 << (size - 1) % 8) & 255
            if size % 8:
                plane[-1] &= (1 << size % 8) - 1
        yield size, packed


def _sieve(k: int, size: int, primes: NDArray[np.uint32], wheel: _Wheel) -> NDArray[np.uint8]:
    """Return the packed planes of ``size`` k from ``k`` on, sieved by ``primes``."""
    packed = np.empty((len(wheel.residues), (size + 7) // 8), np.uint8)
    sliced = max(PATTERN_LIMIT, size // SLICE_HITS)
    middle = _position(primes, sliced)
    often, seldom = primes[_position(primes, PATTERN_LIMIT) : middle], primes[middle:]
    blocked = _position(often, BLOCK_LIMIT)
    strides = often.tolist()
    first = list(_first_strokes(k, often, wheel))
    # Few primes: one plane at a time, which stays in the cache. Many: all planes at once, so that each prime's first
    # strokes are found once and need not be kept.
    few = len(seldom) <= FEW
    starts = list(_first_strokes(k, seldom, wheel)) if few else []
    planes = np.empty((1 if few else len(wheel.residues), size), np.uint8)
    if not few:
        planes.fill(1)
        for at in range(0, len(seldom), BATCH):
            batch = seldom[at : at + BATCH]
            for plane, places in zip(planes, _first_strokes(k, batch, wheel), strict=True):
                _strike_seldom(plane, batch, places)
    for i, residue in enumerate(wheel.residues):
        plane = planes[0 if few else i]
        if few:
            plane.fill(1)
            _strike_seldom(plane, seldom, starts[i])
        _strike_blocks(plane, often[:blocked], first[i][:blocked])
        for start, stride in zip(first[i][blocked:].tolist(), strides[blocked:], strict=True):
            plane[start::stride] = _ZERO
        packed[i] = np.packbits(plane, bitorder="little")
        _apply_patterns(packed[i], k, residue, wheel)
    if wheel.modulus * k <= max(PATTERN_LIMIT, int(primes[-1]) if len(primes) else 0):
        _restore(k, size, primes, packed, wheel)
    return packed


def _first_strokes(k: int, primes: NDArray[np.uint32], wheel: _Wheel) -> Iterator[Whole]:
    """Yield for each residue where each prime first strikes, counted from ``k``: less than the prime.

    A conditional subtraction is the minimum of x and x - p, since x - p wraps to a huge number where x < p. Both
    halves of a sum must fit the type, so that 32 bits serve for primes below 2**31 only.
    """
    kind: type[np.unsignedinteger[Any]] = np.uint32 if not len(primes) or int(primes[-1]) < 2**31 else np.uint64
    wide = primes.astype(np.uint64)
    modulus = np.uint64(wheel.modulus)
    inverse: Whole = ((np.uint64(1) + wide * wheel.minus_inverses[wide % modulus]) // modulus).astype(kind)
    x: Whole = ((np.uint64(k) + wide - np.uint64(1)) % wide).astype(kind)
    p: Whole = primes.astype(kind, copy=False)

    def plus(a: Whole, b: Whole) -> Whole:
        total = a + b
        least: Whole = np.minimum(total, total - p)
        return least

    twice = plus(inverse, inverse)
    fourfold = plus(twice, twice)
    steps = {1: inverse, 2: twice, 4: fourfold, 6: plus(twice, fourfold), 8: plus(fourfold, fourfold)}
    steps[10] = plus(twice, steps[8])
    before = 0
    for residue in wheel.residues:
        x = plus(x, steps[residue - before])
        before = residue
        yield p - x - kind(1)


def _strike_blocks(plane: NDArray[np.uint8], primes: NDArray[np.uint32], starts: Whole) -> None:
    """Strike a plane by small primes, a block at a time."""
    strides, wide = primes.tolist(), primes.astype(np.int64)
    places = starts.astype(np.int64)
    for begin in range(0, len(plane), BLOCK):
        block = plane[begin : begin + BLOCK]
        for start, stride in zip(places.tolist(), strides, strict=True):
            block[start::stride] = _ZERO
        places = (places - BLOCK) % wide


def _strike_seldom(plane: NDArray[np.uint8], primes: NDArray[np.uint32], starts: Whole) -> None:
    """Strike a plane by primes that are too large for slices; the primes are in ascending order."""
    size = len(plane)
    at = _position(primes, size - 1)
    low, high = 0, 0
    while low < at:  # groups of primes of about the same size, which strike about equally often
        high = _position(primes[:at], int(primes[low]) * 17 // 16)
        strides = primes[low:high].astype(np.int64)
        places = starts[low:high].astype(np.int64)
        sure = size // int(strides[-1])  # every prime of the group strikes at least so often
        for _ in range(sure):
            plane[places] = _ZERO
            places += strides
        while len(places):
            inside = places < size
            places, strides = places[inside], strides[inside]
            plane[places] = _ZERO
            places += strides
        low = high
    far = starts[at:]
    plane[far[far < size].astype(np.int64)] = _ZERO  # larger than the plane: at most one stroke each


def _apply_patterns(packed: NDArray[np.uint8], k: int, residue: int, wheel: _Wheel) -> None:
    """AND a packed plane with all patterns, a piece at a time."""
    places = [(k + residue * pow(wheel.modulus, -1, period)) * pow(8, -1, period) for period, _ in wheel.patterns]
    for start in range(0, len(packed), PATTERN_PIECE):
        piece = packed[start : start + PATTERN_PIECE]
        for place, (period, pattern) in zip(places, wheel.patterns, strict=True):
            at = (place + start) % period
            np.bitwise_and(piece, pattern[at : at + len(piece)], out=piece)


def _restore(k: int, size: int, primes: NDArray[np.uint32], packed: NDArray[np.uint8], wheel: _Wheel) -> None:
    """Put back the primes that have struck themselves, the sieving ones and those of the patterns; strike 1."""
    modulus = wheel.modulus
    both = np.unique(np.concatenate((primes[primes > wheel.primes[-1]].astype(np.int64), wheel.patterned)))
    both = both[(both // modulus >= k) & (both // modulus < k + size)]
    for plane, residue in zip(packed, wheel.residues, strict=True):
        places = both[both % modulus == residue] // modulus - k
        np.bitwise_or.at(plane, places // 8, (1 << places % 8).astype(np.uint8))
    if k == 0:
        packed[0, 0] &= 254


if hasattr(np, "bitwise_count"):

    def _ones(packed: NDArray[np.uint8]) -> int:
        whole = packed.shape[1] // 8 * 8
        words = sum(int(np.bitwise_count(plane[:whole].view(np.uint64)).sum(dtype=np.int64)) for plane in packed)
        return words + int(np.bitwise_count(packed[:, whole:]).sum())

else:  # numpy 1
    _BIT_COUNTS = np.array([byte.bit_count() for byte in range(256)], np.uint8)

    def _ones(packed: NDArray[np.uint8]) -> int:
        return int(_BIT_COUNTS[packed].sum(dtype=np.int64))


_known: list[NDArray[np.uint32]] = []  # the longest table of sieving primes made so far


def _primes_to(root: int) -> NDArray[np.uint32]:
    """Return the primes up to ``root``, and perhaps more. They are made once and kept: 203 MB for all up to 1e9."""
    with _lock:
        if not _known:
            marks = np.ones(1 << 16, np.bool_)
            marks[:2] = False
            for n in range(2, 1 << 8):
                if marks[n]:
                    marks[n * n :: n] = False
            _known.append(np.flatnonzero(marks).astype(np.uint32))
            _limits.append(1 << 16)
        if _limits[0] <= root:
            known, limit, wheel = _known[0], _limits[0], _wheel(0)
            top = min(max(root + 1, 2 * limit), 1 << 32)
            parts = [known]
            for start in range(limit, top, 1 << 26):
                stop = min(start + (1 << 26), top)
                needed = known[: _position(known, isqrt(stop))]
                first = start // wheel.modulus
                size = -(-stop // wheel.modulus) - first
                packed = _sieve(first, size, needed, wheel)
                wide = np.zeros((size, wheel.modulus), np.bool_)
                for i, residue in enumerate(wheel.residues):
                    wide[:, residue] = np.unpackbits(packed[i], bitorder="little", count=size)
                numbers = wide.reshape(-1)[start - wheel.modulus * first : stop - wheel.modulus * first]
                parts.append((np.flatnonzero(numbers) + start).astype(np.uint32))
            _known[0], _limits[0] = np.concatenate(parts), top
        return _known[0]


_limits: list[int] = []
