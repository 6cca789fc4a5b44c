"""The textbook's kernel, and the bound below which its square root can be trusted."""

from __future__ import annotations

import math

from primes.kernels import trial_division


def test_the_root_is_never_too_small_below_the_limit() -> None:
    """int(math.sqrt(p * p)) == p for p at the edges of what a double holds, up to 2**53; isqrt is the reference."""
    roots = [2**k + step for k in range(2, 53) for step in (-1, 0, 1)] + [2**53 - 1, 2**53]
    for p in roots:
        assert int(math.sqrt(p * p)) == p == math.isqrt(p * p)


def test_the_root_is_too_large_without_harm() -> None:
    """4503599761588224 = 67108865**2 - 1 gives 67108865, one divisor too many; it is even, so composite."""
    n = 67108865**2 - 1
    assert n == 4503599761588224
    assert int(math.sqrt(n)) == math.isqrt(n) + 1 == 67108865
    assert not trial_division.is_prime(n)


def test_the_root_is_too_small_above_the_limit() -> None:
    """The square of 9007199254740997 lies above LIMIT, and there the textbook's loop would stop one divisor short."""
    p = 9007199254740997
    assert p * p > trial_division.LIMIT == 2**106
    assert int(math.sqrt(p * p)) == p - 1 < math.isqrt(p * p)
