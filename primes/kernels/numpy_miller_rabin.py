"""Deterministic Miller-Rabin in numpy: whole arrays of candidates at once, in 64-bit Montgomery arithmetic."""

from __future__ import annotations

from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_range

SOURCE = (
    "Bases 2, 7, 61 below 4,759,123,141: G. Jaeschke, On strong pseudoprimes to several bases, 1993; "
    "above: J. Sinclair and others, Deterministic variants of the Miller-Rabin primality test, 2011-2014"
)
LIMIT = LIMIT_64


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("numpy") else "numpy is not installed: pip install numpy"


def warm() -> None:
    """Load numpy."""
    count(0, 1000)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels import _numpy_miller_rabin

    check_range(lo, hi, LIMIT)
    return b"".join(_numpy_miller_rabin.packed_pieces(lo, hi))


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels import _numpy_miller_rabin

    check_range(lo, hi, LIMIT)
    return sum(int.from_bytes(piece, "little").bit_count() for piece in _numpy_miller_rabin.packed_pieces(lo, hi))
