"""Some percent more of the same work: what ``selftest`` puts into a copy of a kernel, so that a slowdown is known.

The extra work is deterministic and of the kernel's own kind: of every so many numbers, thirty neighbours are decided
once more. Thirty neighbours hold every remainder of 2, 3 and 5 equally often, so that numbers with small factors, which
are decided at once, have their true share; and the blocks lie at fixed places, so that however a range is cut into
chunks, the work added is the same.
"""

from __future__ import annotations

from itertools import chain

from primes import flags as packed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK = 30


def again(lo: int, hi: int, percent: float) -> Iterator[int]:
    """Yield the numbers of ``[lo, hi)`` that are decided once more: so many percent of them."""
    stride = BLOCK * 100 / percent
    first = int(lo / stride)
    starts = (int(number * stride) for number in range(first, int(hi / stride) + 1))
    return chain.from_iterable(range(max(lo, start), min(hi, start + BLOCK)) for start in starts)


def flags(is_prime: Callable[[int], bool], percent: float) -> Callable[[int, int], bytes]:
    """Return what finds the packed flags of a range and does so many percent more than it must."""

    def search(lo: int, hi: int) -> bytes:
        packed.pack(map(is_prime, again(lo, hi, percent)))
        return packed.pack(map(is_prime, range(lo, hi)))

    return search


def count(is_prime: Callable[[int], bool], percent: float) -> Callable[[int, int], int]:
    """Return what counts the primes of a range and does so many percent more than it must."""

    def search(lo: int, hi: int) -> int:
        sum(map(is_prime, again(lo, hi, percent)))
        return sum(map(is_prime, range(lo, hi)))

    return search
