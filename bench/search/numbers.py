"""From packed flags to numbers, and what the distances between them tell."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bench.search.known import LONGEST_GAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]

BLOCK_BYTES = 1 << 16  # flags turned into numbers at a time: half a megabyte of marks stays in the level-2 cache


def blocks(flags: bytes, lo: int, hi: int) -> Iterator[tuple[Numbers, int]]:
    """Yield (the primes of the next block in ascending order, the number before which they are all).

    ``flags`` are those of ``[lo, hi)``, see `primes.flags`.
    """
    packed = np.frombuffer(flags, np.uint8)
    for at in range(0, len(packed), BLOCK_BYTES):
        marks = np.unpackbits(packed[at : at + BLOCK_BYTES], bitorder="little")
        first = lo + 8 * at
        yield np.flatnonzero(marks.view(np.bool_)).astype(np.uint64) + np.uint64(first), min(first + len(marks), hi)


class Gaps:
    """Counts how often each distance between neighbouring primes occurs, over blocks in ascending order.

    Attributes:
        first, last: prime; None without any.
        longest, longest_after: the longest distance, and the first prime that it follows; None without two primes.
    """

    def __init__(self) -> None:
        """Begin with no primes."""
        self._counts = np.zeros(LONGEST_GAP + 1, np.int64)
        self.first: int | None = None
        self.last: int | None = None
        self.longest: int | None = None
        self.longest_after: int | None = None

    def add(self, primes: Numbers) -> None:
        """Count the distances within the block, and the one to the block before.

        Raises:
            ValueError: two neighbours are farther apart than any primes are.
        """
        if not len(primes):
            return
        if self.first is None:
            self.first = int(primes[0])
        gaps = np.diff(primes).astype(np.int64)
        before = primes[:-1]
        if self.last is not None:
            gaps = np.concatenate((np.array([int(primes[0]) - self.last]), gaps))
            before = np.concatenate((np.array([self.last], np.uint64), before))
        self.last = int(primes[-1])
        if len(gaps):
            at = int(gaps.argmax())
            if gaps[at] > LONGEST_GAP:
                after = int(before[at])
                raise ValueError(
                    f"no prime between {after} and {after + int(gaps[at])}, and below 2**64 no two neighbours are "
                    f"farther apart than {LONGEST_GAP}"
                )
            self._counts += np.bincount(gaps, minlength=len(self._counts))
            if gaps[at] > (self.longest or 0):
                self.longest, self.longest_after = int(gaps[at]), int(before[at])

    @property
    def counts(self) -> dict[int, int]:
        """Distance -> how often it occurs, ascending."""
        return {int(gap): int(self._counts[gap]) for gap in np.flatnonzero(self._counts)}


def same_leading_digits(primes: Numbers) -> Iterator[Numbers]:
    """Cut ascending numbers into pieces whose numbers are alike but for the last eight digits, and as long."""
    if not len(primes):
        return
    longer = np.searchsorted(primes, np.array([10**power for power in range(1, 8)], np.uint64))
    leading = primes // np.uint64(10**8)
    changes = np.flatnonzero(leading[1:] != leading[:-1]) + 1
    for begin, end in pairwise(sorted({0, *longer.tolist(), *changes.tolist(), len(primes)})):
        yield primes[begin:end]
