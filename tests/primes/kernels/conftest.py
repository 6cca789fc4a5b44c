"""What the fast kernels are compared with: other people's implementations, and the plain definition of a flag."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from primes import flags as packed
from tests.support.reference import is_prime

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

TOP = 2**64
WINDOWS = (10**6, 10**9, 10**12, 10**15, 10**18, 2**63 - 50_000, 2**64 - 2_000_000)
# Where one set of bases gives way to the next (see SOURCE of miller-rabin), and where a product outgrows 64 bits.
LADDER = (
    341531,
    1050535501,
    2**32,
    4759123141,
    350269456337,
    55245642489451,
    7999252175582851,
    585226005592931977,
)


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
def agree_where_bases_change(window: Callable[[int, int], bytes]) -> Callable[[ModuleType], None]:
    """Compare a kernel with the reference where one set of bases gives way to the next, and at 2**32."""

    def check(kernel: ModuleType) -> None:
        for end in LADDER:
            assert window(end - 500, end + 500) == kernel.flags(end - 500, end + 500), f"flags around {end}"

    return check


@pytest.fixture
def cut() -> Callable[[int, int, int], list[tuple[int, int]]]:
    """Return how a range is cut into neighbouring pieces at random, seeded places."""

    def pieces(lo: int, hi: int, number: int) -> list[tuple[int, int]]:
        places = sorted(random.Random(7).sample(range(lo + 1, hi), number - 1))
        return list(pairwise([lo, *places, hi]))

    return pieces
