"""numba-baillie-psw: exact up to 2**64 - 1, also for the composites that come closest to passing."""

from __future__ import annotations

import pytest

from primes.kernels import numba_baillie_psw as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)


def test_windows_all_over_64_bits(agree_everywhere):
    """Windows from 1e6 to the end of the 64 bits agree with an independent primality test."""
    agree_everywhere(kernel, 20_000)


def test_edges(agree_at_edges):
    """Ranges may begin and end anywhere, be narrower than a byte of flags, empty, or end at 2**64."""
    agree_at_edges(kernel)


def test_scattered_numbers():
    """An array of scattered numbers is answered like each of them alone; products near 2**64 are composite."""
    import ctypes

    primes = [2, 3, 4294967291, 4294967279, 2**61 - 1, 2**64 - 59]  # OEIS A014234, A000668
    composites = [0, 1, 4294967291**2, 4294967291 * 4294967279, 3825123056546413051, 2**64 - 1]
    numbers = (ctypes.c_uint64 * 12)(*primes, *composites)
    marks = (ctypes.c_bool * 12)()
    kernel.compiled()["mark"](12, numbers, marks)
    assert list(marks) == [True] * 6 + [False] * 6 == [kernel.is_prime(n) for n in numbers]


def test_where_the_ladder_of_bases_ends(agree_where_bases_change):
    """Around each published limit of a set of bases, and around 2**32, the flags stay right."""
    agree_where_bases_change(kernel)
