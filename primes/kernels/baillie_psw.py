"""Baillie-PSW: one strong test to base 2 and one strong Lucas test, which no number below 2**64 deceives together."""

from __future__ import annotations

from math import gcd, isqrt, prod

SOURCE = (
    "R. Baillie and S. S. Wagstaff, Lucas pseudoprimes, 1980; C. Pomerance, J. L. Selfridge and S. S. Wagstaff, The "
    "pseudoprimes to 25*10**9, 1980; exact below 2**64 because none of the base-2 pseudoprimes of J. Feitsma's list "
    "(2013, recomputed by W. Galway) passes the strong Lucas test: T. R. Nicely, The Baillie-PSW primality test"
)
LIMIT = 2**64 - 1  # above it nobody knows a composite that passes, but nobody has proved that there is none
HOLDS_GIL = True

_SMALL = frozenset(p for p in range(2, 212) if all(p % d for d in range(2, p)))
_PRODUCT = prod(_SMALL - {2, 3, 5})
_SQUARE = 223 * 223  # the smallest composite without a factor in _SMALL


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime; raise ValueError above LIMIT."""
    if n < 212:
        return n in _SMALL
    if n > LIMIT:
        raise ValueError(
            f"{n} is beyond baillie-psw: it is proven exact up to {LIMIT}; above that nobody knows a composite that "
            "passes, but nothing is proven: miller-rabin goes further"
        )
    # The sieve by small primes comes first because it settles four of five odd numbers at a tenth of the cost.
    if not (n & 1 and n % 3 and n % 5) or gcd(n, _PRODUCT) > 1:
        return False
    return n < _SQUARE or (_passes_base_2(n) and passes_lucas(n))


def _passes_base_2(n: int) -> bool:
    """Say whether the odd number ``n`` > 3 is a strong probable prime to base 2."""
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    x = pow(2, n >> twos, n)
    if x == 1 or x == n - 1:
        return True
    for _ in range(twos - 1):
        x = x * x % n
        if x == n - 1:
            return True
    return False


def passes_lucas(n: int) -> bool:
    """Say whether the odd number ``n`` > 2 is a strong Lucas probable prime with Selfridge's parameters (method A).

    Source: Baillie and Wagstaff, Lucas pseudoprimes, 1980, sections 3 and 6: D is the first of 5, -7, 9, -11, ...
    with Jacobi symbol (D/n) = -1, P = 1, Q = (1 - D) / 4.
    """
    discriminant = _selfridge(n)
    if discriminant == 0:
        return False
    q = (1 - discriminant) // 4
    twos = ((n + 1) & (-n - 1)).bit_length() - 1
    # U and V of index k, walked from k = 1 to the odd part of n + 1, one binary digit after the other.
    u, v, power = 1, 1, q % n
    for digit in bin((n + 1) >> twos)[3:]:
        u, v, power = u * v % n, (v * v - 2 * power) % n, power * power % n
        if digit == "1":
            u, v, power = _half(u + v, n), _half(discriminant * u + v, n), power * q % n
    if u == 0 or v == 0:
        return True
    for _ in range(twos - 1):
        v, power = (v * v - 2 * power) % n, power * power % n
        if v == 0:
            return True
    return False


def _half(x: int, n: int) -> int:
    """Return x / 2 modulo the odd number ``n``."""
    return (x + n if x & 1 else x) // 2 % n


def _selfridge(n: int) -> int:
    """Return Selfridge's D for ``n``, or 0 where the search itself shows that ``n`` is composite."""
    discriminant = 5
    while True:
        symbol = _jacobi(discriminant % n, n)
        if symbol == -1:
            return discriminant
        if symbol == 0 and abs(discriminant) < n:
            return 0  # they share a factor
        if discriminant == 13 and isqrt(n) ** 2 == n:
            return 0  # a square has no such D: the search would never end
        discriminant = -discriminant - 2 if discriminant > 0 else 2 - discriminant


def _jacobi(a: int, n: int) -> int:
    """Return the Jacobi symbol (a/n), n odd (H. Cohen, A Course in Computational Algebraic Number Theory, 1.4.2)."""
    sign = 1
    while a:
        while a & 1 == 0:
            a >>= 1
            if n & 7 in (3, 5):
                sign = -sign
        a, n = n, a
        if a & 3 == 3 and n & 3 == 3:
            sign = -sign
        a %= n
    return sign if n == 1 else 0
