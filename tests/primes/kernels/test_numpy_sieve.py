"""numpy-sieve: exact over every edge, on both of its wheels."""

from __future__ import annotations

import pytest

from primes import truth
from primes.kernels import numpy_sieve as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)

from primes.kernels import _numpy_sieve


@pytest.mark.parametrize("power", range(1, 9))
def test_pi_of_powers_of_ten(power):
    """pi(10**k) is the published one."""
    assert truth.PI_OF_POWERS_OF_TEN[power] == kernel.count(0, 10**power + 1)


def test_windows(agree_everywhere):
    """Windows from 1e6 to 1e15, on both wheels, agree with an independent primality test."""
    agree_everywhere(kernel, 60_000, top=10**16)


def test_edges(agree_at_edges):
    """Ranges may begin and end at any residue of both wheels, be narrower than a byte of flags, or empty."""
    agree_at_edges(kernel, top=10**13)


def test_edges_on_the_wheel_of_30(agree_at_edges, monkeypatch):
    """The wheel that serves high numbers is right for low ones too, where primes strike themselves."""
    monkeypatch.setattr(_numpy_sieve, "_wheel_for", lambda hi: _numpy_sieve._wheel(_numpy_sieve.DEEP))
    agree_at_edges(kernel, top=10**13)


def test_bad_ranges(refuse_bad_ranges):
    """A range that is negative, reversed or beyond 2**64 is refused with its own words."""
    refuse_bad_ranges(kernel)


def test_counts_add_up_over_any_cut(cut, monkeypatch):
    """Pieces hold together what the whole holds, over many windows."""
    monkeypatch.setattr(_numpy_sieve._wheel(0), "window", 4096)
    lo, hi = 10**11, 10**11 + 10**7
    assert kernel.count(lo, hi) == sum(kernel.count(*piece) for piece in cut(lo, hi, 7))
    assert kernel.count(lo, hi) == int.from_bytes(kernel.flags(lo, hi), "little").bit_count()


def test_many_primes_are_struck_in_batches(window, monkeypatch):
    """With batches of a few primes, all planes at once, the flags stay right."""
    monkeypatch.setattr(_numpy_sieve, "FEW", 50)
    monkeypatch.setattr(_numpy_sieve, "BATCH", 50)
    want = window(10**12, 10**12 + 60_000)
    assert kernel.flags(10**12, 10**12 + 60_000) == want


@pytest.mark.parametrize("modulus", [30, 210])
@pytest.mark.parametrize("lo", [10**3, 2**63 + 1, 2**64 - 300])
def test_first_strokes_are_multiples(modulus, lo):
    """Where a prime first strikes stands a multiple of it, up to the largest prime and the last number of 64 bits.

    The largest primes below 2**16, 2**31 and 2**32 are published: OEIS A014234.
    """
    import numpy as np

    wheel = _numpy_sieve._wheel(0 if modulus == 210 else _numpy_sieve.DEEP)
    primes = np.array([11, 13, 65521, 2147483647, 4294967291], np.uint32)
    k = lo // modulus
    strokes = list(_numpy_sieve._first_strokes(k, primes, wheel))
    assert len(strokes) == len(wheel.residues)
    for residue, places in zip(wheel.residues, strokes, strict=True):
        for prime, place in zip(primes.tolist(), places.tolist(), strict=True):
            assert 0 <= place < prime
            assert (modulus * (k + place) + residue) % prime == 0
