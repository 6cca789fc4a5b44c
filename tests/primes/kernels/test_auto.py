"""auto: right whatever it chooses, and within the limits of what it chose."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import auto as kernel


def test_answers_are_right_from_narrow_to_wide():
    """From one number to a million, over every change of kernel, counts are the published ones."""
    for power in range(7):
        assert truth.PI_OF_POWERS_OF_TEN[power] == kernel.count(0, 10**power + 1)


def test_edges(agree_at_edges):
    """Ranges may begin and end anywhere, be narrower than a byte of flags, empty, or end at 2**64."""
    agree_at_edges(kernel)


def test_above_64_bits_an_exact_kernel_takes_over():
    """2**89 - 1 is beyond auto, 2**80 - 65 and its neighbours are not (OEIS A014234: largest prime below 2**80)."""
    assert kernel.is_prime(2**80 - 65)
    assert kernel.count(2**80 - 65, 2**80) == 1
    assert kernel.choose(2**80 - 65, 2**80)[0] == "miller-rabin"
    with pytest.raises(ValueError, match="too large"):
        kernel.is_prime(2**89 - 1)


def test_only_installed_kernels_are_chosen(monkeypatch):
    """A kernel whose library is missing is not chosen, however cheap."""
    from primes.kernels import numba_sieve, numpy_sieve, primesieve

    for absent in (numba_sieve, numpy_sieve, primesieve):
        monkeypatch.setattr(absent, "missing", lambda: "not here")
    kernel._installed.cache_clear()
    try:
        assert kernel.choose(10**9, 2 * 10**9)[0] == "sieve"
    finally:
        kernel._installed.cache_clear()
