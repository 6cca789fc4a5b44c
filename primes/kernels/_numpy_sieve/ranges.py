"""Sieving a range: its flags, or how many primes it holds."""

from __future__ import annotations

from math import isqrt

import numpy as np

from primes.kernels._numpy_sieve import tuning
from primes.kernels._numpy_sieve.sieve import Sieve
from primes.kernels._numpy_sieve.sieving_primes import primes_to
from primes.kernels._numpy_sieve.strikers import position
from primes.kernels._numpy_sieve.wheel import Wheel, wheel_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from primes.kernels._numpy_sieve.wheel import Packed


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds."""
    wheel = wheel_for(hi)
    counted = sum(lo <= prime < hi for prime in wheel.primes)
    return counted + sum(_ones(plane) for _, planes in _windows(lo, hi, wheel) for plane in planes)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``."""
    wheel = wheel_for(hi)
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


def _windows(lo: int, hi: int, wheel: Wheel) -> Iterator[tuple[int, Iterator[Packed]]]:
    """Yield (number of k, the packed plane of each residue) for the windows that cover ``[lo, hi)``, and no more.

    The planes of a window have to be taken before the next window.
    """
    if lo >= hi:
        return
    root, modulus = isqrt(hi - 1), wheel.modulus
    begin, end = lo // modulus, -(-hi // modulus)
    longest = tuning.DEEPEST_WINDOW if root > tuning.DEEPEST else wheel.window
    longest = -(-(end - begin) // -(-(end - begin) // longest))  # all about equally long
    primes = primes_to(root)
    sieve = Sieve(begin, longest, primes[: position(primes, root)], wheel)
    for k in range(begin, end, longest):
        size = min(longest, end - k)
        if k > begin:
            sieve.go_on()
        yield size, _cut(sieve.planes(k, size), size, lo - modulus * k, hi - modulus * (k + size - 1), wheel)


def _cut(planes: Iterable[Packed], size: int, first: int, last: int, wheel: Wheel) -> Iterator[Packed]:
    """Clear what lies outside a range: residues below ``first`` at the begin, from ``last`` on at the end."""
    for plane, residue in zip(planes, wheel.residues, strict=True):
        if residue < first:
            plane[0] &= 254
        if residue >= last:
            plane[(size - 1) // 8] &= ~(1 << (size - 1) % 8) & 255
        if size % 8:
            plane[-1] &= (1 << size % 8) - 1
        yield plane


if hasattr(np, "bitwise_count"):

    def _ones(packed: Packed) -> int:
        whole = len(packed) // 8 * 8
        words = int(np.bitwise_count(packed[:whole].view(np.uint64)).sum(dtype=np.int64))
        return words + int(np.bitwise_count(packed[whole:]).sum())

else:  # numpy 1
    _BIT_COUNTS = np.array([byte.bit_count() for byte in range(256)], np.uint8)

    def _ones(packed: Packed) -> int:
        return int(_BIT_COUNTS[packed].sum(dtype=np.int64))
