"""Windows sieved one behind the other: for each residue a plane of bytes, struck by primes and packed to bits.

The numbers M k + r of a window are sieved one residue r after the other, where M is 30 or 210. A plane has one byte for
each k; p divides every p-th of them. It is struck by the larger primes (`strikers`), packed, 8 k to a byte, and ANDed
with patterns of the small ones (`wheel`).
"""

from __future__ import annotations

from math import isqrt

import numpy as np

from primes.kernels._numpy_sieve import tuning
from primes.kernels._numpy_sieve.strikers import ZERO, Strikers, groups_of, position
from primes.kernels._numpy_sieve.wheel import Wheel, apply_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from primes.kernels._numpy_sieve.strikers import Whole
    from primes.kernels._numpy_sieve.wheel import Packed


class Sieve:
    """Windows sieved one behind the other by the same primes.

    Args:
        k: where the first window begins.
        size: how many k each has, but for the last, which may have fewer.
        primes: which strike, in ascending order. Those of the wheel and of the patterns may be among them.
        wheel: how numbers are laid out.
    """

    def __init__(self, k: int, size: int, primes: NDArray[np.uint32], wheel: Wheel) -> None:
        self._size, self._wheel = size, wheel
        self._largest = max(tuning.PATTERN_LIMIT, int(primes[-1]) if len(primes) else 0)
        low = position(primes, tuning.PATTERN_LIMIT)
        middle = max(low, position(primes, isqrt(tuning.SLICED * size)))
        # Twice a prime must fit.
        kind: type[np.unsignedinteger[Any]] = np.uint32 if self._largest < 2**31 else np.uint64
        scratch: Whole = np.empty(max(tuning.BATCH, middle - low), kind)
        sparing = len(primes) > tuning.MANY
        self._often = Strikers(k, primes[low:middle], wheel, scratch, sparing=sparing)
        self._seldom = [
            Strikers(k, primes[at : at + tuning.BATCH], wheel, scratch, sparing=sparing)
            for at in range(middle, len(primes), tuning.BATCH)
        ]
        self._groups = [groups_of(each.primes, size) for each in self._seldom]
        # Strokes by index are not stopped at the end of the plane, but fall into a margin behind it: see groups_of.
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
                plane[start::stride] = ZERO
            often.advance(gap)
            packed = np.packbits(plane, bitorder="little")
            apply_patterns(packed, k, residue, wheel)
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
