"""The two halves of Baillie-PSW, each against its own published exceptions."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import baillie_psw

gmpy2 = pytest.importorskip("gmpy2", reason="gmpy2 is the second opinion on strong Lucas probable primes")


def test_the_lucas_half_fails_where_it_is_known_to() -> None:
    """Below 164000 it accepts every odd prime and exactly the strong Lucas pseudoprimes of OEIS A217255."""
    accepted = {n for n in range(3, 164_000, 2) if baillie_psw.passes_lucas(n)}
    assert {n for n in accepted if not gmpy2.is_prime(n)} == set(truth.STRONG_LUCAS_PSEUDOPRIMES)
    assert all(n in accepted for n in range(3, 164_000, 2) if gmpy2.is_prime(n))


def test_the_base_2_half_fails_where_it_is_known_to() -> None:
    """It accepts the strong pseudoprimes to base 2 (OEIS A001262), and both Wieferich squares."""
    assert all(baillie_psw._passes_base_2(n) for n in (*truth.STRONG_PSEUDOPRIMES_BASE_2, 1093**2, 3511**2))


@pytest.mark.parametrize("n", [2**62 + 3, 2**63 + 5, 2**64 - 1001, 3**40, (2**31 - 1) ** 2])
def test_the_lucas_half_agrees_with_gmpy2_on_large_numbers(n: int) -> None:
    """The 500 odd numbers from ``n`` on get the verdict of gmpy2's strong Lucas-Selfridge test."""
    for m in range(n | 1, (n | 1) + 1000, 2):
        assert baillie_psw.passes_lucas(m) == gmpy2.is_strong_selfridge_prp(m)


def test_squares_end_the_search_for_parameters() -> None:
    """A square has no parameter D, and is composite: the search must end, also for the largest square below 2**64."""
    assert not any(baillie_psw.passes_lucas(p * p) for p in (*truth.ROOTS[1:], 4294967295))


def test_nothing_is_claimed_beyond_what_is_proven() -> None:
    """2**64 + 13 is a prime, but no proof reaches it: the kernel refuses and says that no exception is known."""
    assert baillie_psw.LIMIT == 2**64 - 1
    with pytest.raises(ValueError, match="nobody knows a composite that passes"):
        baillie_psw.is_prime(2**64 + 13)
