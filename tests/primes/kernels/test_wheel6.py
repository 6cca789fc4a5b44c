"""Wheel of six: the same answers as the textbook's kernel."""

from __future__ import annotations

from primes.kernels import trial_division, wheel6


def test_it_agrees_with_the_textbook() -> None:
    """Both kernels say the same for every number from -10 to 20000."""
    assert all(wheel6.is_prime(n) == trial_division.is_prime(n) for n in range(-10, 20_000))


def test_both_divisors_of_a_step_are_used() -> None:
    """Squares and products of primes of the form 6k-1 and 6k+1 are composite, so neither divisor is left out."""
    below, above = (5, 11, 17, 1_000_037), (7, 13, 19, 1_000_003)
    assert all(p % 6 == 5 for p in below)
    assert all(p % 6 == 1 for p in above)
    assert not any(wheel6.is_prime(p * q) for p in below + above for q in below + above)
