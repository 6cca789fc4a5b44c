"""Deterministic Miller-Rabin: for each size of number the smallest published set of bases that is proven to suffice."""

from __future__ import annotations

from math import gcd, prod

SOURCE = (
    "M. O. Rabin, Probabilistic algorithm for testing primality, 1980; base sets to 2**64: J. Sinclair, "
    "W. Izykowski, M. Panasiuk and others, Deterministic variants of the Miller-Rabin primality test, 2011-2014, "
    "checked against J. Feitsma's list of the base-2 pseudoprimes below 2**64, 2013; above: J. Sorenson and "
    "J. Webster, Strong pseudoprimes to twelve prime bases, 2015 (OEIS A014233)"
)
LIMIT = 3317044064679887385961981 - 1  # the first strong pseudoprime to the thirteen prime bases 2..41, minus one
HOLDS_GIL = True

# (end, bases): the bases decide every number below end. Fewer bases mean less time, so the first step that covers n
# is the one to take. A base that is a multiple of n says nothing and is passed over, as those who proved the sets do.
_LADDER = (
    (341531, (9345883071009581737,)),
    (1050535501, (336781006125, 9639812373923155)),
    (350269456337, (4230279247111683200, 14694767155120705706, 16641139526367750375)),
    (55245642489451, (2, 141889084524735, 1199124725622454117, 11096072698276303650)),
    (7999252175582851, (2, 4130806001517, 149795463772692060, 186635894390467037, 3967304179347715805)),
    (
        585226005592931977,
        (2, 123635709730000, 9233062284813009, 43835965440333360, 761179012939631437, 1263739024124850375),
    ),
    (1 << 64, (2, 325, 9375, 28178, 450775, 9780504, 1795265022)),
    (318665857834031151167461, (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)),
    (LIMIT + 1, (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)),
)

_SMALL = frozenset(p for p in range(2, 212) if all(p % d for d in range(2, p)))
_PRODUCT = prod(_SMALL - {2, 3, 5})
_SQUARE = 223 * 223  # 223 is the first prime above 211: a composite that shares no factor with _SMALL is at least this


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime; raise ValueError above LIMIT."""
    if n < 212:
        return n in _SMALL
    if n > LIMIT:
        raise ValueError(
            f"{n} is beyond miller-rabin: it is proven exact up to {LIMIT}; for larger numbers take a kernel without "
            "a limit, such as wheel6, and patience"
        )
    # One gcd with the product of the small primes costs less than one modular power, and most numbers need no other.
    if not (n & 1 and n % 3 and n % 5) or gcd(n, _PRODUCT) > 1:
        return False
    if n < _SQUARE:
        return True
    for end, bases in _LADDER:
        if n < end:
            return _passes(n, bases)
    raise AssertionError("the last step of the ladder ends at LIMIT")


def _passes(n: int, bases: tuple[int, ...]) -> bool:
    """Say whether the odd number ``n`` is a strong probable prime to every base."""
    minus_one = n - 1
    twos = (minus_one & -minus_one).bit_length() - 1
    odd = minus_one >> twos
    for base in bases:
        x = pow(base, odd, n)
        if x == 1 or x == minus_one or (x == 0 and base % n == 0):  # 0 alone is no pass: 47 to any power modulo 47 * 47
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == minus_one:
                break
        else:
            return False
    return True
