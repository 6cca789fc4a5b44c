"""What the fast kernels are compared with: other people's implementations, and the plain definition of a flag."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from primes import flags as packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

TOP = 2**64
WINDOWS = (10**6, 10**9, 10**12, 10**15, 10**18, 2**63 - 50_000, 2**64 - 2_000_000)
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n: int) -> bool:
    """Miller-Rabin to the first 12 prime bases: exact below 3.18e23 (Sorenson and Webster, 2015)."""
    if n < 41:
        return n in {*_BASES}
    if any(n % p == 0 for p in _BASES):
        return False
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    for base in _BASES:
        x = pow(base, (n - 1) >> twos, n)
        if x in {1, n - 1}:
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


@pytest.fixture(scope="session")
def window() -> Callable[[int, int], bytes]:
    """Return the flags of a range as gmpy2 sees them, or where it is not installed a Miller-Rabin of its own."""
    try:
        from gmpy2 import is_prime as test
    except ImportError:
        test = is_prime
    known: dict[tuple[int, int], bytes] = {}

    def of(lo: int, hi: int) -> bytes:
        if (lo, hi) not in known:
            known[lo, hi] = packed.pack(map(test, range(lo, hi)))
        return known[lo, hi]

    return of


@pytest.fixture
def agree_everywhere(window: Callable[[int, int], bytes]) -> Callable[..., None]:
    """Compare a kernel with the reference on windows of the given width all over the 64 bits, or up to ``top``."""

    def check(kernel: ModuleType, width: int, top: int = TOP) -> None:
        for lo in (lo for lo in WINDOWS if lo < top):
            want = window(lo, lo + width)
            assert kernel.flags(lo, lo + width) == want, f"flags of {lo}:{lo + width}"
            if lo < 10**16:  # above, a sieve's call takes half a second, whatever it returns
                assert kernel.count(lo, lo + width) == packed.count(want), f"count of {lo}:{lo + width}"

    return check


@pytest.fixture
def agree_at_edges() -> Callable[..., None]:
    """Compare a kernel with the reference where ranges begin and end: at every residue, at 0 and at ``top``."""

    def check(kernel: ModuleType, top: int = TOP) -> None:
        ranges = [(10_000 + n, 10_420 - n) for n in range(210)]  # every residue of the wheels of 30 and 210, twice
        ranges += [(lo, 39) for lo in range(9)] + [(0, hi) for hi in range(39)]  # around the primes of the wheels
        ranges += [(10**12 + 7, 10**12 + 7 + width) for width in range(10)]  # under a byte of flags
        ranges += [(top - back, top - end) for back, end in ((1, 0), (16, 16), (59, 58), (1000, 0))]
        for lo, hi in ranges:
            want = packed.pack(map(is_prime, range(lo, hi)))
            assert kernel.flags(lo, hi) == want, f"flags of {lo}:{hi}"
            if lo % 7 == 0 or hi == top:
                assert kernel.count(lo, hi) == packed.count(want), f"count of {lo}:{hi}"

    return check


@pytest.fixture
def refuse_bad_ranges() -> Callable[[ModuleType], None]:
    """Hand a kernel ranges that it must refuse, each with words about what was wrong."""

    def check(kernel: ModuleType) -> None:
        for lo, hi, words in ((-1, 5, "starts at -1"), (7, 3, "7:3 ends before"), (0, TOP + 1, str(TOP))):
            for ask in (kernel.flags, kernel.count):
                with pytest.raises(ValueError, match=words):
                    ask(lo, hi)

    return check


@pytest.fixture
def cut() -> Callable[[int, int, int], list[tuple[int, int]]]:
    """Return how a range is cut into neighbouring pieces at random, seeded places."""

    def pieces(lo: int, hi: int, number: int) -> list[tuple[int, int]]:
        places = sorted(random.Random(7).sample(range(lo + 1, hi), number - 1))
        return list(pairwise([lo, *places, hi]))

    return pieces
