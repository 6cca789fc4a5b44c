"""numpy-miller-rabin: exact up to 2**64 - 1, also for the composites that come closest to passing."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import numpy_miller_rabin as kernel

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
