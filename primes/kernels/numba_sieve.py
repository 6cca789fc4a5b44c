"""Segmented sieve on a wheel of 30, compiled by numba: one byte for 30 numbers, as fast as primesieve."""

from __future__ import annotations

from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_range

SOURCE = (
    "Sieve of Eratosthenes on a wheel of 30, after P. Pritchard, Fast compact prime number sieves, 1983; large primes "
    "sorted into buckets after T. Oliveira e Silva, Fast implementation of the segmented sieve of Eratosthenes, 2002"
)
LIMIT = LIMIT_64


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("numba") else 'numba is not installed: pip install "primebench[numba]"'


def compiles() -> bool:
    """Say whether `warm` has to compile."""
    from primes.kernels import _machine_code
    from primes.kernels._numba_sieve.functions import MODULE

    return not _machine_code.is_kept(MODULE)


def warm() -> None:
    """Load the compiled code, or compile it where no cache holds it."""
    count(0, 1000)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels._numba_sieve import ranges

    check_range(lo, hi, LIMIT)
    return ranges.flags(lo, hi)


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels._numba_sieve import ranges

    check_range(lo, hi, LIMIT)
    return ranges.count(lo, hi)
