"""Segmented sieve on a wheel of 30 in numpy: one plane of bytes for each residue, small primes as packed patterns."""

from __future__ import annotations

from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_range

SOURCE = "Sieve of Eratosthenes on a wheel of 30, after P. Pritchard, Fast compact prime number sieves, 1983"
LIMIT = LIMIT_64


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("numpy") else "numpy is not installed: pip install numpy"


def warm() -> None:
    """Load numpy and make the patterns."""
    count(0, 1000)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels._numpy_sieve import ranges

    check_range(lo, hi, LIMIT)
    return ranges.flags(lo, hi)


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels._numpy_sieve import ranges

    check_range(lo, hi, LIMIT)
    return ranges.count(lo, hi)
