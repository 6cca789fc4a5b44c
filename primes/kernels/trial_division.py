"""Trial division by every number up to the square root: the textbook's kernel, unchanged."""

import math

SOURCE = "The textbook's is_prime; for the bound 2**106 see the note on int(math.sqrt(n)) in primes/README.md"
LIMIT = 2**106  # below it int(math.sqrt(n)) is never less than isqrt(n), so no divisor is left out
HOLDS_GIL = True


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime."""
    if n < 2:
        return False
    for i in range(2, int(math.sqrt(n)) + 1):
        if n % i == 0:
            return False
    return True
