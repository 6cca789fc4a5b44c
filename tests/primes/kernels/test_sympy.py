"""sympy as a kernel: its answers, and what it refuses."""

from __future__ import annotations

import random

import pytest

from primes import truth
from primes.kernels import sympy as kernel

from .conftest import is_prime

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)


def test_pi_of_a_power_of_ten():
    """pi(10**4) is the published one."""
    assert truth.PI_OF_POWERS_OF_TEN[4] == sum(map(kernel.is_prime, range(-10, 10**4 + 1)))


def test_scattered_numbers():
    """Seeded random odd numbers of every length agree with a Miller-Rabin of 12 bases."""
    draw = random.Random(11)
    for bits in range(3, 65):
        for _ in range(40):
            n = draw.getrandbits(bits) | 1
            assert kernel.is_prime(n) is is_prime(n)


def test_numbers_beyond_64_bits_are_refused():
    """A number for which the test is not proven is refused with the limit; the last one below is answered."""
    with pytest.raises(ValueError, match="exact up to 18446744073709551615"):
        kernel.is_prime(2**64)
    assert kernel.is_prime(2**64 - 59)
    assert not kernel.is_prime(2**64 - 1)


def test_a_missing_library_is_named(monkeypatch):
    """Where the library is not installed, the kernel says which extra brings it."""
    monkeypatch.setattr(kernel, "find_spec", lambda name: None)
    assert 'pip install "primebench[sympy]"' in kernel.missing()


def test_ground_types_are_told():
    """What sympy computes with is named, because it changes the speed threefold."""
    assert kernel.variant() in {"python", "gmpy", "flint"}
