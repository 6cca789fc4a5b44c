"""numpy-miller-rabin: exact up to 2**64 - 1, also for the composites that come closest to passing."""

from __future__ import annotations

import pytest

from primes.kernels import numpy_miller_rabin as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)


def test_windows_all_over_64_bits(agree_everywhere):
    """Windows from 1e6 to the end of the 64 bits agree with an independent primality test."""
    agree_everywhere(kernel, 20_000)


def test_edges(agree_at_edges):
    """Ranges may begin and end anywhere, be narrower than a byte of flags, empty, or end at 2**64."""
    agree_at_edges(kernel)


def test_where_the_ladder_of_bases_ends(agree_where_bases_change):
    """Around each published limit of a set of bases, and around 2**32, the flags stay right."""
    agree_where_bases_change(kernel)
