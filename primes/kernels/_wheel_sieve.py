"""What numba-sieve keeps between calls: its compiled functions, the sieving primes and the working memory."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from functools import cache
from itertools import accumulate, chain, compress
from math import gcd, isqrt, log, prod
from threading import RLock

from primes.kernels import _machine_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

RESIDUES = (1, 7, 11, 13, 17, 19, 23, 29)

# The evidence for each figure is from one core and 1e9 numbers, all else as it stands here: either CPU seconds on an
# Intel Xeon (Sapphire Rapids; 48 KiB L1d, 2 MiB L2), best of several, or, with an x, times as fast as primesieve 12.16
# on an AMD EPYC (32 KiB L1d, 1 MiB L2), median of five rounds.

# Bytes that small primes strike at a time; they and the primes have to fit the level-1 cache. From 1e9 on:
# 16 KiB 0.087 and 1.25 x, 32 KiB 0.080 and 1.36 x. A power of two, as all sizes here.
SMALL_BLOCK = 1 << 15
# The same for the next larger primes, for which a small block would be too few periods. 64 KiB 0.080, 128 KiB 0.085;
# 1.36 x with both.
MEDIUM_BLOCK = 1 << 16
# The largest primes of both levels. SMALL_LIMIT 8192 0.0799, 16384 0.0797, 32768 0.0825. MEDIUM_LIMIT from 1e12 on:
# 65536 0.175, 131072 0.178.
SMALL_LIMIT, MEDIUM_LIMIT = 1 << 14, 1 << 16
# The largest prime that strikes whole periods; beyond it, hits are sorted into buckets. From 1e15 on: 2**19 0.434 and
# 0.76 x, 2**20 0.420 and 0.85 x, 2**21 0.421 and 0.91 x, 2**22 0.89 x.
STRIDE_LIMIT = 1 << 21
# log2 of the bytes of a segment, which stays in the level-2 cache. From 1e12 on: 19 0.178, 20 0.175, 21 0.187.
SEGMENT_SHIFT = 20
# Primes up to NEAR_LIMIT are sorted for NEAR_SEGMENTS segments at a time, larger ones, which hit more seldom, for
# FAR_SEGMENTS. Longer windows visit each prime less often, but their buckets leave the caches. From 1e15 on, with limit
# and segments: 2**23, 8 0.90 x; 2**24, 4 0.80 x; 2**24, 8 0.91 x; 2**24, 16 0.89 x; 2**24, 32 0.84 x; 2**25, 8 0.86 x.
NEAR_LIMIT = 1 << 24
NEAR_SEGMENTS, FAR_SEGMENTS = 8, 32

# Sixteen patterns of two or three primes each, with products so alike that all periods stay short.
PATTERNS = (
    (7, 23, 37), (11, 19, 31), (13, 17, 29), (41, 163), (43, 157), (47, 151), (53, 149), (59, 139),
    (61, 137), (67, 131), (71, 127), (73, 113), (79, 109), (83, 107), (89, 103), (97, 101),
)  # fmt: skip
PATTERN_PIECE = 4096
BATCH = 512

_PLAN = (  # in the order of _numba_sieve's constants
    "k_begin", "k_end", "head", "tail", "root", "shift", "small_block", "medium_block", "pad_size", "level_limit",
    "near_window", "near_capacity", "near_first", "near_last",
    "far_window", "far_capacity", "far_first", "far_last", "far_at", "copy",
)  # fmt: skip

_byte, _int, _hit, _long, _pointer = ctypes.c_uint8, ctypes.c_int32, ctypes.c_uint32, ctypes.c_int64, ctypes.c_void_p
_LAST_STRIDING = 2097143  # the largest prime up to STRIDE_LIMIT
_PROTOTYPES = {
    "sieve": ctypes.CFUNCTYPE(_long, *(_pointer,) * 19),
    "write_gaps": ctypes.CFUNCTYPE(_long, _pointer, _long, _long, _long, _pointer, _long),
    "write_flags": ctypes.CFUNCTYPE(None, _pointer, _long, _long, _pointer, _long),
}


@cache
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the compiled functions by name."""
    return _machine_code.load("primes.kernels._numba_sieve", _PROTOTYPES)


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds."""
    counted = sum(lo <= prime < hi for prime in (2, 3, 5))
    for start, stop in _pieces(lo, hi):
        counted += _sieve(start, stop, None)
    return counted


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``."""
    first = lo // 30
    wheel = (_byte * max(1, -(-hi // 30) - first))()
    for start, stop in _pieces(lo, hi):
        _sieve(start, stop, ctypes.addressof(wheel) + start // 30 - first)
    packed = (_byte * ((hi - lo + 7) // 8))()
    compiled()["write_flags"](wheel, len(wheel), lo - 30 * first, packed, len(packed))
    for prime in (2, 3, 5):
        if lo <= prime < hi:
            packed[(prime - lo) // 8] |= 1 << (prime - lo) % 8
    return bytes(packed)


def _pieces(lo: int, hi: int) -> Iterator[tuple[int, int]]:
    """Cut a range at multiples of 30, so that one compiled call stays short enough to be interrupted."""
    longest = 30 * (FAR_SEGMENTS << SEGMENT_SHIFT)
    while lo < hi:
        stop = min(hi, (lo + longest) // 30 * 30)
        yield lo, stop
        lo = stop


class _Striding:
    """The primes up to a limit that strike whole periods, by level and residue class; never changed once made."""

    def __init__(self, limit: int) -> None:
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
        self.primes = (_int * ends[-1])(*chain.from_iterable(classes))
        self.first = (_long * 25)(0, *ends[:-1])
        self.stop = (_long * 25)(*ends)


class _Gaps:
    """The primes beyond `STRIDE_LIMIT` as half-gaps, one byte each: 51 MB for all up to 1e9."""

    def __init__(self) -> None:
        self.halves = (_byte * 1)()
        self.used = 0
        self.limit = STRIDE_LIMIT
        self.last = _LAST_STRIDING
        self.far_at = 0  # where the primes beyond NEAR_LIMIT begin
        self.far_first = 0  # the prime before them

    def extend(self, limit: int) -> None:
        """Make sure that every prime up to ``limit`` is there, and one more to end on."""
        limit += 512  # no gap below 2**33 is as long (T. Nicely, First occurrence prime gaps)
        if limit <= self.limit:
            return
        while self.limit < limit:
            stop = min(limit, self.limit + (30 << SEGMENT_SHIFT))
            if self.limit < NEAR_LIMIT < stop:
                stop = NEAR_LIMIT
            self._append(stop)
            if stop == NEAR_LIMIT:
                self.far_at, self.far_first = self.used, self.last

    def _append(self, stop: int) -> None:
        lo, hi = self.limit + 1, stop + 1
        first = lo // 30
        size = -(-hi // 30) - first
        wheel = (_byte * (size + 8))()
        found = _sieve(lo, hi, ctypes.addressof(wheel))
        if self.used + found > len(self.halves):
            larger = (_byte * (self.used + found + len(self.halves) // 2))()
            ctypes.memmove(larger, self.halves, self.used)
            self.halves = larger
        self.last = compiled()["write_gaps"](wheel, len(wheel) & -8, first, self.last, self.halves, self.used)
        self.used += found
        self.limit = stop


class _Workspace:
    """What one running call writes to. It only grows, and serves the next call."""

    def __init__(self) -> None:
        self.plan = (_long * len(_PLAN))()
        self.last = (_long * 25)()
        self.at = self.periods = (_int * 1)()
        self.segment = (_byte * 1)()
        self.near = self.far = (_hit * 1)()
        self.batch = (_long * (3 * BATCH))()
        self.near_filled = (_long * NEAR_SEGMENTS)()
        self.far_filled = (_long * FAR_SEGMENTS)()

    def fit(self, striding: int, segment: int, near: int, far: int) -> None:
        """Make room for so many striding primes, bytes of segment, and hits."""
        if len(self.at) < striding:
            self.at, self.periods = (_int * striding)(), (_int * striding)()
        if len(self.segment) < segment:
            self.segment = (_byte * segment)()
        if len(self.near) < near:
            self.near = (_hit * near)()
        if len(self.far) < far:
            self.far = (_hit * far)()


_idle: list[_Workspace] = []  # one for each thread that has been sieving at the same time
_growing = RLock()
_gaps: list[_Gaps] = []
_striding: list[_Striding] = []


def _striding_to(root: int) -> _Striding:
    with _growing:
        if not _striding or _striding[-1].limit < min(root, STRIDE_LIMIT):
            _striding.append(_Striding(min(max(MEDIUM_LIMIT, 1 << root.bit_length()), STRIDE_LIMIT)))
        return _striding[-1]


def _gaps_to(root: int) -> _Gaps:
    with _growing:
        if not _gaps:
            _gaps.append(_Gaps())
        _gaps[0].extend(root)
        return _gaps[0]


def _sieve(lo: int, hi: int, out: int | None) -> int:
    """Count the primes above 5 of ``[lo, hi)``; write the sieved bytes to the address ``out`` if there is one."""
    root = isqrt(hi - 1)
    striding = _striding_to(root)
    gaps = _gaps_to(root) if root > STRIDE_LIMIT else None
    lookup, patterns, starts, periods = _tables()
    k_begin, k_end = lo // 30, -(-hi // 30)
    shift = min(SEGMENT_SHIFT, max(12, (k_end - k_begin - 1).bit_length()))
    length = 1 << shift
    stride_limit = min(root, STRIDE_LIMIT)
    pad = (stride_limit + 127) // 64 * 64
    slack = 1.02
    run = compiled()["sieve"]
    work = _idle.pop() if _idle else _Workspace()
    while True:
        near = far = 0
        if gaps:
            near = _capacity(length, STRIDE_LIMIT, min(root, NEAR_LIMIT), slack)
            far = _capacity(length, NEAR_LIMIT, root, slack) if root > NEAR_LIMIT else 0
        segments = -(-(k_end - k_begin) // length)
        near_room, far_room = near * min(segments, NEAR_SEGMENTS), far * min(segments, FAR_SEGMENTS)
        work.fit(len(striding.primes), length + pad + 192, near_room, far_room)
        plan = {
            "k_begin": k_begin,
            "k_end": k_end,
            "head": sum(1 << j for j, r in enumerate(RESIDUES) if r >= lo % 30),
            "tail": sum(1 << j for j, r in enumerate(RESIDUES) if r < (hi % 30 or 30)),
            "root": root,
            "shift": shift,
            "small_block": min(SMALL_BLOCK, length),
            "medium_block": min(MEDIUM_BLOCK, length),
            "pad_size": pad,
            "level_limit": max(stride_limit, 163),
            "near_window": length * NEAR_SEGMENTS,
            "near_capacity": near,
            "near_first": _LAST_STRIDING,
            "near_last": min(root, NEAR_LIMIT) if gaps else 0,
            "far_window": length * FAR_SEGMENTS,
            "far_capacity": far,
            "far_first": gaps.far_first if gaps else 0,
            "far_last": root if root > NEAR_LIMIT else 0,
            "far_at": gaps.far_at if gaps else 0,
            "copy": out is not None,
        }
        work.plan[:] = [int(plan[name]) for name in _PLAN]
        work.last[24] = striding.stop[24]
        segment = ctypes.addressof(work.segment)
        counted = int(
            run(
                work.plan, segment + -segment % 64, striding.primes, work.at, work.periods, striding.first, work.last,
                striding.stop, lookup, patterns, starts, periods, gaps.halves if gaps else None, work.near,
                work.near_filled, work.far, work.far_filled, work.batch, out,
            )
        )  # fmt: skip
        if counted >= 0:
            _idle.append(work)
            return counted
        slack *= 2


def _capacity(length: int, low: int, high: int, slack: float) -> int:
    """Return how many hits the primes from ``low`` to ``high`` are expected to have in ``length`` bytes, and a margin.

    Without multiples of 7, a prime hits 48 bits in 7 p bytes; the sum of 1/p over primes p from low to high is
    log log high - log log low (F. Mertens, Ein Beitrag zur analytischen Zahlentheorie, 1874).
    """
    expected = 48 / 7 * length * (log(log(high)) - log(log(low)))
    return int(expected * slack + 8 * expected**0.5) + 64


@cache
def _tables() -> tuple[Any, Any, Any, Any]:
    """Return the lookup table, the patterns, where each begins and its period, as `_numba_sieve` wants them."""
    bits = {residue: bit for bit, residue in enumerate(RESIDUES)}
    wheel = [residue for residue in range(210) if gcd(residue, 210) == 1]
    table = [*RESIDUES, *(bits.get(residue, 0) for residue in range(30))]
    table += [*wheel, 211, *(wheel.index(residue) if residue in wheel else 0 for residue in range(210))]
    table += [sum(residue <= whole for residue in wheel) for whole in range(210)]
    steps = len(table) + 30
    table += [steps + 48 * bits.get(residue, 0) for residue in range(30)]
    for b in RESIDUES:
        for residue, following in zip(wheel, (*wheel[1:], 211), strict=True):
            carry = b * following // 30 - b * residue // 30
            table.append(bits[b * residue % 30] | following - residue << 3 | carry << 7)
    periods, starts, patterns = [], [], bytearray()
    for primes in PATTERNS:
        period = prod(primes)
        pattern = bytearray([255]) * period
        for prime in primes:
            single = bytearray([255]) * prime
            for r in RESIDUES:
                multiple = next(n for n in range(r, 30 * prime, 30) if n % prime == 0)
                single[multiple // 30] &= ~(1 << bits[r]) & 255
            repeated = int.from_bytes(single * (period // prime), "little")
            pattern = bytearray((int.from_bytes(pattern, "little") & repeated).to_bytes(period, "little"))
        starts.append(len(patterns))
        periods.append(period)
        patterns += (pattern * (1 + PATTERN_PIECE // period + 1))[: period + PATTERN_PIECE + 64]
    return (
        (_long * len(table))(*table),
        (_byte * len(patterns)).from_buffer(patterns),
        (_long * 16)(*starts),
        (_long * 16)(*periods),
    )
