"""numpy-sieve: exact over every edge, on both of its wheels."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import numpy_sieve as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)

from primes.kernels._numpy_sieve import ranges, strikers, tuning
from primes.kernels._numpy_sieve.wheel import wheel_to


def test_pi_of_a_power_of_ten():
    """pi(10**8) is the published one; the contract of all kernels goes up to 10**7."""
    assert truth.PI_OF_POWERS_OF_TEN[8] == kernel.count(0, 10**8 + 1)


def test_windows(agree_everywhere):
    """Windows from 1e6 to 1e15, on both wheels, agree with an independent primality test."""
    agree_everywhere(kernel, 60_000, top=10**16)


def test_edges(agree_at_edges):
    """Ranges may begin and end at any residue of both wheels, be narrower than a byte of flags, or empty."""
    agree_at_edges(kernel, top=10**13)


def test_edges_on_the_wheel_of_30(agree_at_edges, monkeypatch):
    """The wheel that serves high numbers is right for low ones too, where primes strike themselves."""
    monkeypatch.setattr(ranges, "wheel_for", lambda hi: wheel_to(tuning.DEEP))
    agree_at_edges(kernel, top=10**13)


def test_counts_add_up_over_any_cut(cut, monkeypatch):
    """Pieces hold together what the whole holds, over many windows."""
    monkeypatch.setattr(wheel_to(0), "window", 4096)
    lo, hi = 10**11, 10**11 + 10**7
    assert kernel.count(lo, hi) == sum(kernel.count(*piece) for piece in cut(lo, hi, 7))
    assert kernel.count(lo, hi) == int.from_bytes(kernel.flags(lo, hi), "little").bit_count()


@pytest.mark.parametrize(
    ("name", "value"), [("BATCH", 50), ("MANY", 10), ("SLICED", 1), ("SLICED", 10**9), ("SPARSE", 10**6), ("SPARSE", 1)]
)
@pytest.mark.parametrize("root", [0, tuning.DEEP])
def test_how_primes_strike_changes_nothing(window, monkeypatch, name, value, root):
    """In batches, with one step kept, by slices or by index, selected or held at the margin: the flags stay right."""
    lo, hi = 10**12, 10**12 + 60_000
    monkeypatch.setattr(tuning, name, value)
    monkeypatch.setattr(ranges, "wheel_for", lambda _hi: wheel_to(root))
    monkeypatch.setattr(wheel_to(root), "window", 150)  # so that there are many, and some primes miss them
    assert kernel.flags(lo, hi) == window(lo, hi)


@pytest.mark.parametrize("sparing", [False, True])
@pytest.mark.parametrize("modulus", [30, 210])
@pytest.mark.parametrize("lo", [10**3, 2**63 + 1, 2**64 - 10**6])
def test_strokes_are_multiples(modulus, lo, sparing):
    """Where a prime first strikes stands a multiple of it, for every residue of this window and of the next.

    The largest primes below 2**16, 2**31 and 2**32 are published: OEIS A014234.
    """
    import numpy as np

    wheel = wheel_to(0 if modulus == 210 else tuning.DEEP)
    primes = np.array([11, 13, 65521, 2147483647, 4294967291], np.uint32)
    size = 1000
    begin = lo // modulus
    struck = strikers.Strikers(begin, primes, wheel, np.empty(5, np.uint64), sparing=sparing)
    for k in (begin, begin + size):
        for residue, gap in zip(wheel.residues, wheel.gaps, strict=True):
            for prime, place in zip(primes.tolist(), struck.at.tolist(), strict=True):
                assert 0 <= place < prime
                assert (modulus * (k + place) + residue) % prime == 0
            struck.advance(gap)
        struck.skip(size - 1)
