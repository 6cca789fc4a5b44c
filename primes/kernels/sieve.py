"""Segmented sieve of Eratosthenes in plain Python: bytearray slices strike out whole rows of multiples at once."""

from __future__ import annotations

from math import isqrt

from primes.kernels import _sieve_odd, _sieve_planes
from primes.kernels._bounds import check_range

try:
    from zlib import adler32
except ImportError:  # zlib is an optional part of a Python build
    adler32 = None  # type: ignore[assignment]

TYPE_CHECKING = False  # typing is not imported at run time: worker processes load this module
if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = (
    "C. Bays and R. H. Hudson, The segmented sieve of Eratosthenes and primes in arithmetic progressions to 10**12, "
    "1977; P. Pritchard, Explaining the wheel sieve, 1982"
)
# The method has no limit, but it must know every prime up to the square root: at 10**16 these are 5.8 million (23 MB).
LIMIT = 10**16

# Values found on an AMD EPYC (Zen 5) with 1 MiB of L2 cache, CPython 3.11, by counting at 1e6, 1e9, 1e12 and 1e13.
_NARROW = 1 << 18  # numbers below which planes never pay: they cost eight calls per prime where the odd sieve costs one
_NARROW_PER_ROOT = 64  # the same, per unit of the square root: more sieving primes mean more calls
_FAR = 1 << 22  # the root above which planes are not used: their table of primes would take more than 100 MB
_ODD_SEGMENT = 1 << 26  # numbers: larger visits the primes less often, and takes half a byte of memory per number
_PLANE_SIZES = 1 << 20, 1 << 23  # bytes: a smaller plane stays in the cache, in a larger one each call strikes more
_PLANE_PER_ROOT = 8  # bytes of plane per unit of the square root, between those two

_BLOCK = 65519  # bytes whose sum, if all are 1, the checksum still holds: it is 1 + the sum, modulo 65521

_BEFORE_PLANES = (2, 3, 5, *_sieve_planes.STRUCK)  # the primes that the planes leave out
_BEFORE_ODD = (2,)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags (see `primes.flags`) of ``[lo, hi)``; raise ValueError for a range it cannot take."""
    check_range(lo, hi, LIMIT)
    parts = []
    for begin, end, wide in _segments(lo, hi):
        part = _pack_planes(begin, end) if wide else _sieve_odd.pack(_sieve_odd.marks(begin, end), begin, end)
        for p in _BEFORE_PLANES if wide else _BEFORE_ODD:
            if begin <= p < end:
                part[(p - begin) // 8] |= 1 << (p - begin) % 8
        parts.append(part)
    return b"".join(parts)


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds, without packing them; raise ValueError like `flags`."""
    check_range(lo, hi, LIMIT)
    total = 0
    for begin, end, wide in _segments(lo, hi):
        total += sum(begin <= p < end for p in (_BEFORE_PLANES if wide else _BEFORE_ODD))
        if wide:
            total += sum(_ones(marks) for _, marks in _sieve_planes.planes(begin, end))
        else:
            total += _ones(_sieve_odd.marks(begin, end))
    return total


def warm() -> None:
    """Build the patterns that all planes begin with; the sieving primes wait until a range shows which are needed."""
    count(0, _NARROW)


def _segments(lo: int, hi: int) -> Iterator[tuple[int, int, bool]]:
    """Cut ``[lo, hi)`` into (begin, end, whether planes are faster), all but the last a multiple of 120 numbers."""
    if lo == hi:
        return
    root = isqrt(hi - 1)
    wide = hi - lo >= max(_NARROW, _NARROW_PER_ROOT * root) and root <= _FAR
    least, most = _PLANE_SIZES
    largest = 30 * min(max(least, _PLANE_PER_ROOT * root), most) if wide else _ODD_SEGMENT
    pieces = -(-(hi - lo) // largest)
    width = -(-(hi - lo) // pieces)  # all alike, because a narrow last one would pay for every prime as well
    width += -width % 120
    for begin in range(lo, hi, width):
        yield begin, min(begin + width, hi), wide


def _pack_planes(lo: int, hi: int) -> bytearray:
    """Return the flags of ``[lo, hi)`` from planes, without the primes that planes leave out."""
    # Planes repeat every 30 numbers and bytes of flags every 8, so both repeat every 120 numbers = 15 bytes of flags.
    # Every fourth byte of a plane therefore goes to one bit of every fifteenth byte of the flags. Marks are 0 or 1,
    # so whole columns can be shifted and joined as large integers without running into their neighbours.
    rows = -(-(hi - lo) // 120)
    columns = [0] * 15
    for residue, marks in _sieve_planes.planes(lo, lo + 120 * rows):
        plane = bytes(marks)
        first = (residue - lo) % 30
        for quarter in range(4):
            at = first + 30 * quarter
            columns[at // 8] |= int.from_bytes(plane[quarter::4], "little") << at % 8
    packed = bytearray(15 * rows)
    for position, column in enumerate(columns):
        packed[position::15] = column.to_bytes(rows, "little")
    size = hi - lo
    del packed[(size + 7) // 8 :]
    packed[-1] &= 0xFF >> -size % 8  # the last row reaches beyond hi
    return packed


def _ones(marks: bytearray | memoryview) -> int:
    """Return how many of the bytes (0 or 1) are 1."""
    if adler32 is None:
        return bytes(marks).count(1)
    # The lower half of Adler-32 is 1 + the sum of the bytes modulo 65521, six times as fast as bytes.count.
    view = memoryview(marks)
    return sum((adler32(view[at : at + _BLOCK]) & 0xFFFF) - 1 for at in range(0, len(view), _BLOCK))
