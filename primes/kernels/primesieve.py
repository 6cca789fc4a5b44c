"""libprimesieve, the fastest known sieve: the yardstick of the other sieves."""

from __future__ import annotations

from primes.kernels._bounds import LIMIT_64, check_range

SOURCE = "K. Walisch, primesieve: segmented sieve of Eratosthenes with wheel factorisation and bucket lists, 2010-"
LIMIT = LIMIT_64

_PIECE = 1 << 22  # numbers marked at once: 4 MB of marks and at most 2.4 MB of primes, whatever the range


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    from primes.kernels import _primesieve

    if _primesieve.is_found():
        return None
    return 'primesieve is not installed: apt install libprimesieve-dev, or pip install "primebench[primesieve]"'


def warm() -> None:
    """Load the library."""
    count(0, 100)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes import flags as packed
    from primes.kernels import _primesieve

    check_range(lo, hi, LIMIT)
    primes = _primesieve.functions()[1]
    parts = []
    for start in range(lo, hi, _PIECE):
        stop = min(start + _PIECE, hi)
        marks = bytearray(stop - start)
        for prime in primes(start, stop - 1):
            marks[prime - start] = 1
        parts.append(packed.pack(marks))
    return b"".join(parts)  # every piece but the last is a whole number of bytes


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    from primes.kernels import _primesieve

    check_range(lo, hi, LIMIT)
    return _primesieve.functions()[0](lo, hi - 1) if hi > lo else 0
