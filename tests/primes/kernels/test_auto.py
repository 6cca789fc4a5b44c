"""auto: right whatever it chooses, and within the limits of what it chose."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from primes import choice, truth
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
    with pytest.raises(ValueError, match="too large"):
        kernel.is_prime(2**89 - 1)


@pytest.mark.parametrize("lo", [10**6, 2**64 - 10])
def test_the_rule_decides(monkeypatch, lo):
    """A range goes to the kernel that primes.choice takes, whichever that is."""
    stranger = SimpleNamespace(flags=lambda lo, hi: b"\x2a\1", count=lambda lo, hi: 7)
    monkeypatch.setitem(sys.modules, "a.stranger", stranger)
    monkeypatch.setattr(choice, "choose", lambda lo, hi: ("a.stranger", ""))
    assert (b"\x2a\1", 7) == (kernel.flags(lo, lo + 10), kernel.count(lo, lo + 10))


def test_a_single_number_goes_to_the_cheapest_that_takes_one(monkeypatch):
    """numpy-sieve has no form for one number, so that the next best is asked."""
    monkeypatch.setattr(choice, "ranking", lambda lo, hi: dict.fromkeys(["numpy-sieve", "wheel6", "miller-rabin"], 0))
    kernel._tester.cache_clear()
    try:
        assert "primes.kernels.wheel6" == kernel._tester(True).__name__
    finally:
        kernel._tester.cache_clear()
