"""The half of numpy-sieve that needs numpy.

The numbers M k + r of a window are sieved one residue r after the other, where M is 30 or 210. For one residue,

1. a plane with one byte for each k is struck by the larger primes: p divides every p-th byte. Primes that strike often
   use a slice, which numpy stores into without an index, but a call costs as much as a hundred strokes. So those which
   strike seldom are taken together, as an array of indices that all move on by their primes;
2. the plane is packed, 8 k to a byte, and ANDed with patterns of the small primes. A pattern of two primes costs a
   two-hundredth of a nanosecond per k and spares both their strokes.

Where p strikes: p divides M k + r when k = -r / M modulo p. Going from one residue to the next, and from one window to
the next, takes a constant away from it; so only the first window has to divide.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import gcd, isqrt, prod
from threading import Lock

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from numpy.typing import NDArray

    Whole = NDArray[np.unsignedinteger[Any]]  # 32 or 64 bits, as the primes need
    Packed = NDArray[np.uint8]

# Each value was found by trying its neighbours; tests/performance/README.md tells on which processors.
# The wheel of 210 saves one stroke in seven, but has six times as many planes, each of which visits every prime.
DEEP = 1 << 22  # with sieving primes beyond it, the wheel of 30 is faster
WINDOW = 4_800_000  # k of the wheel of 210: 1e9 numbers
DEEP_WINDOW = 1 << 23  # k of the wheel of 30; from 1e15 on 2**22 1.31, 2**23 1.01, 2**24 1.22 seconds
DEEPEST = 1 << 28  # with sieving primes beyond it, visiting them costs more than long planes
DEEPEST_WINDOW = 1 << 25  # k of the wheel of 30; from 1e18 on 2**24 4.16, 2**25 3.66
PATTERN_LIMIT = 300  # primes below it are struck by patterns; 200 and 400 cost 1 % more
PATTERN_PIECE = 1 << 16  # bytes ANDed at once: they stay in the level-2 cache
# Primes up to the root of SLICED * k are struck by slices. A slice's call costs p / k per stroke; by index, a call is
# shared by all primes of about the same size, and as there are about p of them, it costs 1 / p. Between 150 and 600
# nothing changes by more than 3 %, from windows of 5e4 to 8e6 k and from 1e6 to 1e15.
SLICED = 300
FEW = 4  # strokes by index up to which each is held at the margin: see _groups
SPARSE = 3  # primes so many times as large as the plane mostly miss it: it is cheaper to select those which do not
BATCH = 1 << 16  # primes struck by index at once: what is known of them stays in the level-2 cache
MANY = 1 << 23  # from so many on, less is kept of each prime: 12 bytes in place of 20

_ZERO = np.zeros((), np.uint8)  # storing a 0-d array skips a conversion in every call
_lock = Lock()


class _Wheel:
    """The residues prime to the modulus, and what depends on both alone."""

    def __init__(self, primes: tuple[int, ...], patterns: tuple[tuple[int, ...], ...]) -> None:
        self.primes = primes
        self.modulus = prod(primes)
        self.residues = [r for r in range(self.modulus) if gcd(r, self.modulus) == 1]
        self.gaps = [late - early for early, late in pairwise([*self.residues, self.modulus + 1])]
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
        self.patterns = [_Pattern(group, self.modulus) for group in groups]


@cache
def _wheel(root: int) -> _Wheel:
    """Return the wheel for sieving primes up to ``root``: 0 or `DEEP`."""
    if root:
        return _Wheel((2, 3, 5), ((7, 11, 13, 17), (19, 23, 29), (31, 37, 41)))
    return _Wheel((2, 3, 5, 7), ((11, 13, 17, 19), (23, 29, 31)))


class _Pattern:
    """A plane struck by a few primes, packed: long enough for a piece that starts anywhere in its period."""

    def __init__(self, primes: tuple[int, ...], modulus: int) -> None:
        self._period = prod(primes)
        self._inverse = pow(modulus, -1, self._period)
        self._eighth = pow(8, -1, self._period)
        bits = np.ones(8 * self._period, np.uint8)
        for prime in primes:
            bits[::prime] = 0
        self._bits = np.resize(np.packbits(bits, bitorder="little"), self._period + PATTERN_PIECE)

    def place(self, k: int, residue: int) -> int:
        """Return where in the period the plane of a residue begins."""
        return (k + residue * self._inverse) * self._eighth % self._period

    def piece(self, start: int, length: int) -> Packed:
        """Return so many bytes from ``start`` on."""
        start %= self._period
        return self._bits[start : start + length]


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds."""
    wheel = _wheel_for(hi)
    counted = sum(lo <= prime < hi for prime in wheel.primes)
    return counted + sum(_ones(plane) for _, planes in _windows(lo, hi, wheel) for plane in planes)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``."""
    wheel = _wheel_for(hi)
    modulus = wheel.modulus
    parts: list[Packed] = []
    rest = np.zeros(0, np.uint8)
    skip = lo % modulus
    left = hi - lo
    piece = (1 << 22) // modulus // 8 * 8
    for size, planes in _windows(lo, hi, wheel):
        packed = list(planes)
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


def _wheel_for(hi: int) -> _Wheel:
    return _wheel(DEEP if hi > DEEP**2 else 0)


def _windows(lo: int, hi: int, wheel: _Wheel) -> Iterator[tuple[int, Iterator[Packed]]]:
    """Yield (number of k, the packed plane of each residue) for the windows that cover ``[lo, hi)``, and no more.

    The planes of a window have to be taken before the next window.
    """
    if lo >= hi:
        return
    root, modulus = isqrt(hi - 1), wheel.modulus
    begin, end = lo // modulus, -(-hi // modulus)
    longest = DEEPEST_WINDOW if root > DEEPEST else wheel.window
    longest = -(-(end - begin) // -(-(end - begin) // longest))  # all about equally long
    primes = _primes_to(root)
    sieve = _Sieve(begin, longest, primes[: _position(primes, root)], wheel)
    for k in range(begin, end, longest):
        size = min(longest, end - k)
        if k > begin:
            sieve.go_on()
        yield size, _cut(sieve.planes(k, size), size, lo - modulus * k, hi - modulus * (k + size - 1), wheel)


def _cut(planes: Iterable[Packed], size: int, first: int, last: int, wheel: _Wheel) -> Iterator[Packed]:
    """Clear what lies outside a range: residues below ``first`` at the begin, from ``last`` on at the end."""
    for plane, residue in zip(planes, wheel.residues, strict=True):
        if residue < first:
            plane[0] &= 254
        if residue >= last:
            plane[(size - 1) // 8] &= ~(1 << (size - 1) % 8) & 255
        if size % 8:
            plane[-1] &= (1 << size % 8) - 1
        yield plane


class _Sieve:
    """Windows sieved one behind the other by the same primes.

    Args:
        k: where the first window begins.
        size: how many k each has, but for the last, which may have fewer.
        primes: which strike, in ascending order. Those of the wheel and of the patterns may be among them.
        wheel: how numbers are laid out.
    """

    def __init__(self, k: int, size: int, primes: NDArray[np.uint32], wheel: _Wheel) -> None:
        self._size, self._wheel = size, wheel
        self._largest = max(PATTERN_LIMIT, int(primes[-1]) if len(primes) else 0)
        low, middle = (_position(primes, most) for most in (PATTERN_LIMIT, max(PATTERN_LIMIT, isqrt(SLICED * size))))
        # Twice a prime must fit.
        kind: type[np.unsignedinteger[Any]] = np.uint32 if self._largest < 2**31 else np.uint64
        scratch: Whole = np.empty(max(BATCH, middle - low), kind)
        sparing = len(primes) > MANY
        self._often = _Strikers(k, primes[low:middle], wheel, scratch, sparing=sparing)
        self._seldom = [
            _Strikers(k, primes[at : at + BATCH], wheel, scratch, sparing=sparing)
            for at in range(middle, len(primes), BATCH)
        ]
        self._groups = [_groups(each.primes, size) for each in self._seldom]
        # Strokes by index are not stopped at the end of the plane, but fall into a margin behind it: see _groups.
        self._buffer = np.empty(size + size // 2 + 1, np.uint8)

    def planes(self, k: int, size: int) -> Iterator[Packed]:
        """Yield the packed plane of each residue for the next window: ``size`` k from ``k`` on."""
        wheel, often, plane = self._wheel, self._often, self._buffer[:size]
        strides = often.primes.tolist()
        for residue, gap in zip(wheel.residues, wheel.gaps, strict=True):
            plane.fill(1)
            for each, groups in zip(self._seldom, self._groups, strict=True):
                each.strike(self._buffer, self._size, groups)
                each.advance(gap)
            for start, stride in zip(often.at.tolist(), strides, strict=True):
                plane[start::stride] = _ZERO
            often.advance(gap)
            packed = np.packbits(plane, bitorder="little")
            _apply_patterns(packed, k, residue, wheel)
            if wheel.modulus * k <= self._largest:
                self._restore(packed, k, size, residue)
            yield packed

    def go_on(self) -> None:
        """Go on to the next window, after all planes of the one before."""
        for each in (self._often, *self._seldom):
            each.skip(self._size - 1)  # they have come to the first residue of the second k

    def _restore(self, packed: Packed, k: int, size: int, residue: int) -> None:
        """Put back the primes that have struck themselves, the sieving ones and those of the patterns; strike 1."""
        strikers = (each.primes.astype(np.int64) for each in (self._often, *self._seldom))
        both = np.concatenate((self._wheel.patterned, *strikers))
        places = both[both % self._wheel.modulus == residue] // self._wheel.modulus - k
        places = places[(places >= 0) & (places < size)]
        np.bitwise_or.at(packed, places // 8, (1 << places % 8).astype(np.uint8))
        if k == 0 and residue == 1:
            packed[0] &= 254


class _Strikers:
    """Primes, and for each of them where it first strikes the plane of the current residue: less than the prime.

    A conditional addition is the minimum of x and x + p, since x wraps to a huge number where it is below 0.

    Args:
        k: where the plane begins; the first residue is 1.
        primes: in ascending order.
        wheel: how numbers are laid out.
        scratch: as long as the primes at least; its type holds twice a prime.
        sparing: keep only one step, and go it as often as needed.
    """

    def __init__(self, k: int, primes: NDArray[np.uint32], wheel: _Wheel, scratch: Whole, *, sparing: bool) -> None:
        kind = scratch.dtype
        wide = primes.astype(np.uint64)
        modulus = np.uint64(wheel.modulus)
        inverse: Whole = ((np.uint64(1) + wide * wheel.minus_inverses[wide % modulus]) // modulus).astype(kind)
        self.primes: Whole = primes.astype(kind, copy=False)
        self._spare = scratch[: len(primes)]
        self.at: Whole = (wide - np.uint64(1) - np.uint64(k - 1) % wide).astype(kind) if k else np.zeros_like(inverse)
        self._back(inverse)
        self._steps = {2: self._sum(inverse, inverse)}
        if not sparing:
            for gap in range(4, max(wheel.gaps) + 1, 2):
                self._steps[gap] = self._sum(self._steps[gap - 2], self._steps[2])

    def advance(self, gap: int) -> None:
        """Go on to another residue."""
        step = gap if gap in self._steps else 2
        for _ in range(gap // step):
            self._back(self._steps[step])

    def skip(self, size: int) -> None:
        """Let the plane begin ``size`` k later."""
        self._back(self.primes.dtype.type(size) % self.primes)

    def _sum(self, a: Whole, b: Whole) -> Whole:
        total: Whole = a + b
        np.subtract(total, self.primes, out=self._spare)
        return np.minimum(total, self._spare, out=total)

    def _back(self, step: Whole) -> None:
        np.subtract(self.at, step, out=self.at)
        np.add(self.at, self.primes, out=self._spare)
        np.minimum(self.at, self._spare, out=self.at)

    def strike(self, buffer: Packed, size: int, groups: Iterable[tuple[int, int, int]]) -> None:
        """Strike a plane of ``size`` bytes, which has a margin of half as many behind it, by index."""
        for low, high, strokes in groups:
            starts, primes = self.at[low:high], self.primes[low:high]
            if primes[0] > SPARSE * size:
                starts = starts[starts < size]
                buffer[starts.astype(np.int64)] = _ZERO
                continue
            places, strides = starts.astype(np.int64), primes.astype(np.int64)
            for stroke in range(strokes):
                if stroke:
                    places += strides
                if strokes <= FEW:
                    np.minimum(places, size, out=places)
                buffer[places] = _ZERO


def _groups(primes: Whole, size: int) -> list[tuple[int, int, int]]:
    """Return (from, to, strokes) for primes that strike about equally often.

    All of a group strike as often as its smallest. Within an eighth of it, the others stay within the margin. Those
    that strike at most `FEW` times are one group, whatever their size, and each stroke has to be held at the margin.
    """
    found = []
    low, rare = 0, _position(primes, (size - 1) // FEW)
    while low < len(primes):
        smallest = int(primes[low])
        high = len(primes) if low >= rare else max(low + 1, _position(primes[:rare], smallest * 9 // 8))
        found.append((low, high, -(-size // smallest)))
        low = high
    return found


def _position(primes: Whole, most: int) -> int:
    """Return how many of the primes are at most ``most``.

    The type matters: for a plain int, numpy first turns the whole table, hundreds of megabytes, into 64 bits.
    """
    return int(np.searchsorted(primes, primes.dtype.type(min(most, 2**32 - 1)), side="right"))


def _apply_patterns(packed: Packed, k: int, residue: int, wheel: _Wheel) -> None:
    """AND a packed plane with all patterns, a piece at a time."""
    places = [pattern.place(k, residue) for pattern in wheel.patterns]
    for start in range(0, len(packed), PATTERN_PIECE):
        piece = packed[start : start + PATTERN_PIECE]
        for place, pattern in zip(places, wheel.patterns, strict=True):
            np.bitwise_and(piece, pattern.piece(place + start, len(piece)), out=piece)


if hasattr(np, "bitwise_count"):

    def _ones(packed: Packed) -> int:
        whole = len(packed) // 8 * 8
        words = int(np.bitwise_count(packed[:whole].view(np.uint64)).sum(dtype=np.int64))
        return words + int(np.bitwise_count(packed[whole:]).sum())

else:  # numpy 1
    _BIT_COUNTS = np.array([byte.bit_count() for byte in range(256)], np.uint8)

    def _ones(packed: Packed) -> int:
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
                planes = _Sieve(first, size, needed, wheel).planes(first, size)
                wide = np.zeros((size, wheel.modulus), np.bool_)
                for plane, residue in zip(planes, wheel.residues, strict=True):
                    wide[:, residue] = np.unpackbits(plane, bitorder="little", count=size)
                numbers = wide.reshape(-1)[start - wheel.modulus * first : stop - wheel.modulus * first]
                parts.append((np.flatnonzero(numbers) + start).astype(np.uint32))
            _known[0], _limits[0] = np.concatenate(parts), top
        return _known[0]


_limits: list[int] = []
