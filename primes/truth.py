"""What is known about primes: published numbers with their sources, and the right answer for any range.

The right answer for a range never comes from the kernel under test: it comes from a plain sieve in this file, which
shares no code with `primes.kernels`, or where that would take too long from a kernel that works in another way.
"""

from __future__ import annotations

import importlib
from math import isqrt

from primes import choice
from primes.flags import pack

TYPE_CHECKING = False  # typing is not imported at run time: every measuring process loads this module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# pi(10**k) for k = 0, 1, 2 ...: how many primes there are up to 10**k.
# Source: OEIS A006880 (T. Oliveira e Silva, D. J. Platt and others for the large ones).
PI_OF_POWERS_OF_TEN = (
    0,
    4,
    25,
    168,
    1229,
    9592,
    78498,
    664579,
    5761455,
    50847534,
    455052511,
    4118054813,
    37607912018,
    346065536839,
    3204941750802,
    29844570422669,
    279238341033925,
    2623557157654233,
    24739954287740860,
    234057667276344607,
)

# Composite numbers that pass the strong (Miller-Rabin) test to each of the first k prime bases, for k = 1 .. 13; the
# smallest of their kind.
# Source: OEIS A014233; J. Sorenson and J. Webster, Strong pseudoprimes to twelve prime bases, 2015.
STRONG_PSEUDOPRIMES_TO_FIRST_BASES = (
    2047,
    1373653,
    25326001,
    3215031751,
    2152302898747,
    3474749660383,
    341550071728321,
    341550071728321,
    3825123056546413051,
    3825123056546413051,
    3825123056546413051,
    318665857834031151167461,
    3317044064679887385961981,
)

# Composite numbers that pass the strong test to base 2. Source: OEIS A001262.
STRONG_PSEUDOPRIMES_BASE_2 = (
    *(2047, 3277, 4033, 4681, 8321, 15841, 29341, 42799, 49141, 52633, 65281, 74665, 80581, 85489, 88357, 90751),
    *(104653, 130561, 196093, 220729, 233017, 252601, 253241, 256999, 271951, 280601, 314821, 357761, 390937, 458989),
)

# Composite numbers that pass Fermat's test to every base prime to them. Source: OEIS A002997.
CARMICHAEL = (
    *(561, 1105, 1729, 2465, 2821, 6601, 8911, 10585, 15841, 29341, 41041, 46657, 52633, 62745, 63973, 75361, 101101),
    *(115921, 126217, 162401, 172081, 188461, 252601, 278545, 294409, 314821, 334153, 340561, 399001, 410041, 449065),
)

# Composite numbers that pass the strong Lucas test with Selfridge's parameters; all of them below 164000.
# Source: OEIS A217255; R. Baillie and S. S. Wagstaff, Lucas pseudoprimes, 1980.
STRONG_LUCAS_PSEUDOPRIMES = (
    *(5459, 5777, 10877, 16109, 18971, 22499, 24569, 25199, 40309, 58519, 75077, 97439, 100127, 113573, 115639),
    *(130139, 155819, 158399, 161027, 162133),
)

# Primes whose squares catch a mistake. 1093 and 3511 are the two known Wieferich primes: their squares pass the strong
# test to base 2 (OEIS A001220). 16777259 is the first prime whose square has too small a root in 32-bit floating point.
# 67108859 and 4294967291 are the largest primes below 2**26 and 2**32 (C. K. Caldwell, The Prime Pages, primes just
# less than a power of two): the edges of what a double and a 64-bit word hold.
ROOTS = (2, 3, 5, 7, 11, 13, 31, 37, 211, 223, 997, 1009, 1093, 3511, 65521, 16777259, 67108859, 4294967291)
PRIME_SQUARES = tuple(p * p for p in ROOTS)

# Products of two primes close to each other, so that no small factor gives them away.
SEMIPRIMES = (1009 * 1013, 65519 * 65521, 999983 * 1000003, 4294967279 * 4294967291)

# Primes. 2**31 - 1: L. Euler, 1772; 2**61 - 1: I. Pervushin, 1883 (OEIS A000668); the largest below 2**32, 2**63 and
# 2**64: The Prime Pages, primes just less than a power of two; 10**12 + 39: the first above 10**12 (OEIS A033873).
LARGE_PRIMES = (
    65537,
    999983,
    1000003,
    2**31 - 1,
    2**32 - 5,
    10**9 + 7,
    10**12 + 39,
    2**61 - 1,
    2**63 - 25,
    2**64 - 59,
)

# The numbers before the first prime, and the first few: the edges of the definition.
NO_PRIMES = (-(2**64), -(2**31 - 1), -7, -4, -3, -2, -1, 0, 1)
SMALL_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)

_WIDTH = 1 << 20  # numbers sieved at a time; a multiple of 8, so that the flags of neighbours can be joined as they are
_ROOT = 1 << 21  # the largest square root for which the sieve is used: its primes take some 60 ms to find


def decided() -> Iterator[tuple[int, bool]]:
    """Yield every number of this file whose answer is known, with that answer; each number once, ascending."""
    prime = {*SMALL_PRIMES, *ROOTS, *LARGE_PRIMES}
    # Neighbours of odd primes are even, and p * p - 1 = (p - 1) * (p + 1): composite from 8 on.
    neighbours = {n + step for n in LARGE_PRIMES for step in (-1, 1)} | {n - 1 for n in PRIME_SQUARES if n > 4}
    composite = {
        *STRONG_PSEUDOPRIMES_TO_FIRST_BASES,
        *STRONG_PSEUDOPRIMES_BASE_2,
        *CARMICHAEL,
        *STRONG_LUCAS_PSEUDOPRIMES,
        *PRIME_SQUARES,
        *SEMIPRIMES,
        *neighbours,
    }
    yield from sorted([(n, False) for n in {*NO_PRIMES, *composite}] + [(n, True) for n in prime])


def expected_flags(lo: int, hi: int, kernel: str) -> bytes:
    """Return the flags of ``[lo, hi)`` without using the kernel of the name ``kernel``.

    Raises:
        ValueError: the range is none, or no other kernel reaches as far as ``hi``.
    """
    return b"".join(pack(marks) for marks in _marks(lo, hi, kernel))


def expected_count(lo: int, hi: int, kernel: str) -> int:
    """Return how many primes ``[lo, hi)`` holds without using the kernel ``kernel``; raise like `expected_flags`.

    Between powers of ten the answer is published, which also makes it free.
    """
    if lo <= hi and is_published(lo, hi):
        return _BELOW[hi] - _BELOW[lo]
    return sum(marks.count(1) for marks in _marks(lo, hi, kernel))


_BELOW: dict[int, int] = {0: 0, 2: 0} | {10**k: pi for k, pi in enumerate(PI_OF_POWERS_OF_TEN)}


def is_published(lo: int, hi: int) -> bool:
    """Whether the number of primes in ``[lo, hi)`` follows from published counts."""
    return lo in _BELOW and hi in _BELOW


def _marks(lo: int, hi: int, kernel: str) -> Iterator[bytearray]:
    """Yield one byte per number of ``[lo, hi)``, 1 for a prime and 0 for any other, some numbers at a time."""
    if not 0 <= lo <= hi:
        raise ValueError(f"{lo}:{hi} is no range of numbers; write two numbers from 0 on, the smaller one first")
    root = isqrt(max(hi - 1, 0))
    if root <= _ROOT:
        primes = _primes_up_to(root)
        for begin in range(lo, hi, _WIDTH):
            yield _sieve(begin, min(begin + _WIDTH, hi), primes)
    else:
        is_prime = _other_kernel(kernel, hi)
        for begin in range(lo, hi, _WIDTH):
            yield bytearray(map(is_prime, range(begin, min(begin + _WIDTH, hi))))


def _sieve(lo: int, hi: int, primes: list[int]) -> bytearray:
    """Return the marks of ``[lo, hi)``, given the primes up to the root of ``hi - 1`` (Eratosthenes, one byte each)."""
    size = hi - lo
    marks = bytearray(b"\1") * size
    for n in range(lo, min(hi, 2)):
        marks[n - lo] = 0  # 0 and 1 have no prime factor, but are no primes
    for p in primes:
        start = max(p * p, lo + -lo % p) - lo
        if start < size:
            marks[start::p] = bytes(len(range(start, size, p)))
    return marks


def _primes_up_to(root: int) -> list[int]:
    """Return the primes up to ``root``, ascending."""
    if root < 2:
        return []
    marks = _sieve(0, root + 1, _primes_up_to(isqrt(root)))
    return [n for n, mark in enumerate(marks) if mark]


def _other_kernel(kernel: str, hi: int) -> Callable[[int], bool]:
    """Return the single-number form of a kernel that reaches ``hi`` and has nothing in common with ``kernel``."""
    # A compiled or vectorised variant has its original's name at the end of its own, and may share its constants.
    kin = kernel.replace("-", "_")
    if kernel == "auto":  # uses one kind of test only: see primes/choice.py
        kin = "baillie_psw" if any(name.endswith("baillie-psw") for name in choice.able(hi)) else "miller_rabin"
    for judge in ("baillie_psw", "miller_rabin"):
        module = importlib.import_module(f"primes.kernels.{judge}")
        if not kin.endswith(judge) and hi - 1 <= module.LIMIT:
            return module.is_prime  # type: ignore[no-any-return]
    raise ValueError(
        f"nothing can check {kernel} up to {hi - 1}: the other exact kernels end below that; choose smaller numbers"
    )
