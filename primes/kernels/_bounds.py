"""What the fast kernels accept: half-open ranges of numbers below 2**64."""

from __future__ import annotations

LIMIT_64 = 2**64 - 1  # the largest number that the 64-bit kernels can be asked about


def check_range(lo: int, hi: int, limit: int) -> None:
    """Raise ValueError unless ``0 <= lo <= hi`` and every number of ``[lo, hi)`` is at most ``limit``."""
    if lo < 0:
        raise ValueError(f"the range starts at {lo}; a range of numbers starts at 0 or above")
    if hi < lo:
        raise ValueError(f"the range {lo}:{hi} ends before it starts; give the smaller bound first")
    if hi - 1 > limit:
        raise ValueError(f"the range ends at {hi - 1}; this kernel is exact up to {limit}: end the range there")


def check_number(n: int, limit: int) -> None:
    """Raise ValueError if ``n`` is above ``limit``."""
    if n > limit:
        raise ValueError(f"{n} is too large; this kernel is exact up to {limit}: choose baillie-psw or miller-rabin")
