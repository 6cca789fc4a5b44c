"""Trial division by 2, 3 and the numbers 6k-1 and 6k+1 up to the square root: a third of the textbook's work."""

from __future__ import annotations

from math import isqrt

SOURCE = (
    "Every prime above 3 is 6k-1 or 6k+1; D. E. Knuth, The Art of Computer Programming, vol. 2, 1997, section 4.5.4"
)
LIMIT = None  # isqrt is exact for every int
HOLDS_GIL = True


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime."""
    if n < 4:
        return n > 1
    if n % 2 == 0 or n % 3 == 0:
        return False
    for i in range(5, isqrt(n) + 1, 6):
        if n % i == 0 or n % (i + 2) == 0:
            return False
    return True
