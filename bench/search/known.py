"""Check a search against published counts, and against random stretches that another kernel searches again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from primes.kernel import Kernel
from primes.truth import PI_OF_POWERS_OF_TEN

LONGEST_GAP = 1550  # between primes below 2**64 (OEIS A005250)
SAMPLES = 8  # stretches recomputed by --verify
_WIDTH_OF_SIEVES = 10**7  # numbers in each; some tenths of a second for the slowest kernel of the kind
_WIDTH_OF_TESTS = 10**5


@dataclass(frozen=True, slots=True)
class Sample:
    """The half-open range that ``judge`` searches again."""

    lo: int
    hi: int
    judge: Kernel


def draw(lo: int, hi: int, judge: Kernel, seed: int) -> list[Sample]:
    """Return `SAMPLES` random stretches of the range, ascending, one in each of as many equal parts of it."""
    width = _WIDTH_OF_SIEVES if judge.is_prime is None else _WIDTH_OF_TESTS
    rng = random.Random(f"{seed}:{lo}:{hi}")
    edges = [lo + (hi - lo) * part // SAMPLES for part in range(SAMPLES + 1)]
    samples = []
    for begin, end in pairwise(edges):
        at = rng.randrange(begin, max(begin, end - width) + 1)
        if at < min(at + width, end):
            samples.append(Sample(at, min(at + width, end), judge))
    return samples


def published(lo: int, hi: int) -> int | None:
    """Return how many primes ``[lo, hi)`` holds, where tables tell: between 0 or 2 and powers of ten."""
    below = _below(lo), _below(hi)
    return None if below[0] is None or below[1] is None else below[1] - below[0]


def counts(lo: int) -> list[tuple[int, int]]:
    """Return each power of ten above ``lo`` with the number of primes from ``lo`` to below it, where tables tell it."""
    begin = _below(lo)
    powers = ((10**power, pi) for power, pi in enumerate(PI_OF_POWERS_OF_TEN))
    return [] if begin is None else [(power, pi - begin) for power, pi in powers if power > max(lo, 1)]


def _below(number: int) -> int | None:
    if number <= 2:
        return 0
    powers = {10**power: pi for power, pi in enumerate(PI_OF_POWERS_OF_TEN) if power}
    return powers.get(number, powers.get(number - 1))  # 10**k itself is composite
