"""Sieving a range: cut into calls of the compiled sieve, each of which gets a plan and memory to work in."""

from __future__ import annotations

import ctypes
from math import isqrt, log
from threading import Lock

from primes.kernels._compiled.sieve_layout import CLASSES, Buckets, Plan, Striding
from primes.kernels._numba_sieve import striding, tables, tuning
from primes.kernels._numba_sieve.functions import compiled
from primes.kernels._numba_sieve.gaps import Gaps
from primes.kernels._numba_sieve.tuning import FAR_SEGMENTS, NEAR_LIMIT, NEAR_SEGMENTS, SEGMENT_SHIFT, STRIDE_LIMIT
from primes.kernels._numba_sieve.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from primes.kernels._numba_sieve.striding import StridingPrimes

_bytes = ctypes.POINTER(ctypes.c_uint8)
_idle: list[Workspace] = []  # one for each thread that has been sieving at the same time
_growing = Lock()
_gaps: list[Gaps] = []


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds."""
    counted = sum(lo <= prime < hi for prime in (2, 3, 5))
    for start, stop in _pieces(lo, hi):
        counted += _sieve(start, stop)
    return counted


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``."""
    first = lo // 30
    wheel = (ctypes.c_uint8 * max(1, -(-hi // 30) - first))()
    for start, stop in _pieces(lo, hi):
        _sieve(start, stop, ctypes.addressof(wheel) + start // 30 - first)
    packed = (ctypes.c_uint8 * ((hi - lo + 7) // 8))()
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


def _sieve(lo: int, hi: int, out: int | None = None) -> int:
    """Count the primes above 5 of ``[lo, hi)``; write the sieved bytes to the address ``out`` if there is one."""
    root = isqrt(hi - 1)
    primes = striding.striding_to(root)
    gaps = _gaps_to(root) if root > STRIDE_LIMIT else None
    try:
        work = _idle.pop()
    except IndexError:  # another thread may have taken the last one a moment ago
        work = Workspace()
    slack = 1.02
    while True:
        plan = _plan(lo, hi, root, primes, gaps, work, slack)
        if out is not None:
            plan.copy, plan.out = 1, ctypes.cast(out, _bytes)
        counted = int(compiled()["sieve"](ctypes.byref(plan)))
        if counted >= 0:
            _idle.append(work)
            return counted
        slack *= 2


def _gaps_to(root: int) -> Gaps:
    with _growing:
        if not _gaps:
            _gaps.append(Gaps())
        _gaps[0].extend(root, _sieve)
        return _gaps[0]


def _plan(
    lo: int, hi: int, root: int, primes: StridingPrimes, gaps: Gaps | None, work: Workspace, slack: float
) -> Plan:
    """Return the plan for one call, and make room for it; ``slack`` is how much more than expected buckets may hold."""
    k_begin, k_end = lo // 30, -(-hi // 30)
    shift = min(SEGMENT_SHIFT, max(12, (k_end - k_begin - 1).bit_length()))
    length, segments = 1 << shift, ((k_end - k_begin - 1) >> shift) + 1
    stride_limit = min(root, STRIDE_LIMIT)
    pad_size = (stride_limit + 127) // 64 * 64
    near = Buckets(window=length * NEAR_SEGMENTS)
    far = Buckets(window=length * FAR_SEGMENTS)
    if gaps:
        near.before, near.last = striding.LAST, min(root, NEAR_LIMIT)
        near.capacity = _capacity(length, STRIDE_LIMIT, near.last, slack)
    if gaps and root > NEAR_LIMIT:
        far.before, far.last, far.gap = gaps.far_before, root, gaps.far_at
        far.capacity = _capacity(length, NEAR_LIMIT, root, slack)
    near_room, far_room = near.capacity * min(segments, NEAR_SEGMENTS), far.capacity * min(segments, FAR_SEGMENTS)
    work.fit(len(primes.primes), length + pad_size + 128, near_room, far_room)
    work.last[CLASSES] = primes.stop[CLASSES]
    near.hits, near.filled, far.hits, far.filled = work.near, work.near_filled, work.far, work.far_filled
    patterns, pattern_starts, pattern_periods = tables.patterns()
    return Plan(
        k_begin=k_begin,
        k_end=k_end,
        head=tables.HEADS[lo % 30],
        tail=tables.TAILS[hi % 30],
        root=root,
        shift=shift,
        small_block=min(tuning.SMALL_BLOCK, length),
        medium_block=min(tuning.MEDIUM_BLOCK, length),
        pad_size=pad_size,
        segment=work.segment,
        lookup=tables.lookup(),
        patterns=patterns,
        pattern_starts=pattern_starts,
        pattern_periods=pattern_periods,
        striding=Striding(
            primes.primes, work.at, work.periods, primes.first, work.last, primes.stop, max(stride_limit, 163)
        ),
        gaps=gaps.halves if gaps else None,
        near=near,
        far=far,
        batch=work.batch,
    )


def _capacity(length: int, low: int, high: int, slack: float) -> int:
    """Return how many hits the primes from ``low`` to ``high`` are expected to have in ``length`` bytes, and a margin.

    Without multiples of 7, a prime hits 48 bits in 7 p bytes; the sum of 1/p over primes p from low to high is
    log log high - log log low (F. Mertens, Ein Beitrag zur analytischen Zahlentheorie, 1874).
    """
    expected = 48 / 7 * length * (log(log(high)) - log(log(low)))
    return int(expected * slack + 8 * expected**0.5) + 64
