"""numba-baillie-psw: exact up to 2**64 - 1, also for the composites that come closest to passing."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import numba_baillie_psw as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)

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


@pytest.mark.parametrize("power", range(1, 7))
def test_pi_of_powers_of_ten(power):
    """pi(10**k) is the published one."""
    assert truth.PI_OF_POWERS_OF_TEN[power] == kernel.count(0, 10**power + 1)


def test_windows_all_over_64_bits(agree_everywhere):
    """Windows from 1e6 to the end of the 64 bits agree with an independent primality test."""
    agree_everywhere(kernel, 20_000)


def test_edges(agree_at_edges):
    """Ranges may begin and end anywhere, be narrower than a byte of flags, empty, or end at 2**64."""
    agree_at_edges(kernel)


def test_bad_ranges(refuse_bad_ranges):
    """A range that is negative, reversed or beyond 2**64 is refused with its own words."""
    refuse_bad_ranges(kernel)


def test_where_the_ladder_of_bases_ends(window):
    """Around each published limit of a set of bases, and around 2**32, the flags stay right."""
    for end in LADDER:
        assert window(end - 500, end + 500) == kernel.flags(end - 500, end + 500)


def test_scattered_numbers():
    """An array of scattered numbers is answered like each of them alone; products near 2**64 are composite."""
    import ctypes

    primes = [2, 3, 4294967291, 4294967279, 2**61 - 1, 2**64 - 59]  # OEIS A014234, A000668
    composites = [0, 1, 4294967291**2, 4294967291 * 4294967279, 3825123056546413051, 2**64 - 1]
    numbers = (ctypes.c_uint64 * 12)(*primes, *composites)
    marks = (ctypes.c_bool * 12)()
    kernel.compiled()["mark"](12, numbers, marks)
    assert list(marks) == [True] * 6 + [False] * 6 == [kernel.is_prime(n) for n in numbers]


def test_numbers_beyond_64_bits_are_refused():
    """A number that does not fit is refused; a negative one is not prime."""
    with pytest.raises(ValueError, match="18446744073709551616 is too large"):
        kernel.is_prime(2**64)
    assert not kernel.is_prime(-7)
