"""A primality test that shares nothing with any kernel: what tests hold kernels against."""

from __future__ import annotations

_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)


def is_prime(n: int) -> bool:
    """Miller-Rabin to the first 12 prime bases: exact below 3.18e23 (Sorenson and Webster, 2015)."""
    if n < 41:
        return n in {*_BASES}
    if any(n % p == 0 for p in _BASES):
        return False
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    for base in _BASES:
        x = pow(base, (n - 1) >> twos, n)
        if x in {1, n - 1}:
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True
