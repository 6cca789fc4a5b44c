"""The half of numpy-miller-rabin that needs numpy.

numpy has no 128-bit product, so it is put together from four 32-bit ones. Every operation passes over a whole array;
the arrays are short enough for the level-1 cache, where a pass costs least.
"""

from __future__ import annotations

from math import isqrt

import numpy as np

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

PIECE = 1 << 16  # numbers of a range looked at together; some 7,000 of them reach the test
_ARRAY = 4096  # numbers tested together: 32 kB an array. Shorter ones cost more per call than per number

_SMALL = [p for p in range(3, 212) if all(p % q for q in range(2, isqrt(p) + 1))]
_LOW = np.uint64(0xFFFFFFFF)
_0, _1, _2, _32 = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(32)

# (end, bases): the bases decide every odd number below end.
_LADDER = (
    (4759123141, (2, 7, 61)),
    (350269456337, (4230279247111683200, 14694767155120705706, 16641139526367750375)),
    (55245642489451, (2, 141889084524735, 1199124725622454117, 11096072698276303650)),
    (7999252175582851, (2, 4130806001517, 149795463772692060, 186635894390467037, 3967304179347715805)),
    (
        585226005592931977,
        (2, 123635709730000, 9233062284813009, 43835965440333360, 761179012939631437, 1263739024124850375),
    ),
    (2**64, (2, 325, 9375, 28178, 450775, 9780504, 1795265022)),
)


def packed_pieces(lo: int, hi: int) -> Iterator[bytes]:
    """Yield the packed flags of ``[lo, hi)`` in pieces of a whole number of bytes; the last one may be padded."""
    for start in range(lo, hi, PIECE):
        size = min(PIECE, hi - start)
        marks = np.ones(size, np.bool_)
        marks[start % 2 :: 2] = False
        for prime in _SMALL:
            marks[-start % prime :: prime] = False
        places = np.flatnonzero(marks)
        marks[places] = are_prime(np.uint64(start) + places.astype(np.uint64))
        for prime in (2, *_SMALL):
            if start <= prime < start + size:
                marks[prime - start] = True
        yield np.packbits(marks, bitorder="little").tobytes()


def are_prime(numbers: Words) -> NDArray[np.bool_]:
    """Say for each of any odd ``numbers`` whether it is prime. Even ones are answered only if they are 0 or 2."""
    prime = np.empty(len(numbers), np.bool_)
    for at in range(0, len(numbers), _ARRAY):
        prime[at : at + _ARRAY] = _are_prime(numbers[at : at + _ARRAY])
    return prime


def _are_prime(numbers: Words) -> NDArray[np.bool_]:
    prime: NDArray[np.bool_] = numbers == _2
    left = np.flatnonzero(numbers > _2)
    if not len(left):
        return prime
    largest = int(numbers.max())
    bases = next(bases for end, bases in _LADDER if largest < end)
    for base in bases:
        if len(left):
            left = left[_passes(numbers[left], base)]
    prime[left] = True
    return prime


def _passes(n: Words, base: int) -> NDArray[np.bool_]:
    """Say which of the odd ``n`` > 2 are strong probable primes to ``base``."""
    small = int(n.max()) < 2**32  # then a product fits 64 bits, and one division is cheaper than Montgomery's steps
    inverse = n.copy()  # right to 3 bits, and each step doubles them: 3, 6, 12, 24, 48, 96
    for _ in range(0 if small else 5):
        inverse *= _2 - n * inverse
    one = np.ones_like(n) if small else (_0 - n) % n  # in Montgomery form, 2**64 modulo n
    minus_one = n - one
    a = np.uint64(base) % n
    # For base 2, multiplying is doubling.
    factor = a if small or base == 2 else _times(a, _square_of_r(one, n), n, inverse)
    d = n - _1
    shift = _trailing_zeros(d)
    d >>= shift
    x = one.copy()
    for bit in range(int(d.max()).bit_length() - 1, -1, -1):
        x = x * x % n if small else _times(x, x, n, inverse)
        taken = (d & np.uint64(1 << bit)) != _0
        if base == 2:
            x = np.where(taken, _twice(x, n), x)
        else:
            x = np.where(taken, x * factor % n if small else _times(x, factor, n, inverse), x)
    passes: NDArray[np.bool_] = (x == one) | (x == minus_one) | (a == _0)  # a multiple of n as base says nothing
    for r in range(1, int(shift.max())):
        x = x * x % n if small else _times(x, x, n, inverse)
        passes |= (x == minus_one) & (shift > np.uint64(r))
    return passes


def _twice(x: Words, n: Words) -> Words:
    rest = n - x
    return np.where(x >= rest, x - rest, x + x)


def _square_of_r(one: Words, n: Words) -> Words:
    """Return R**2 mod n, by doubling R 64 times."""
    x = one
    for _ in range(64):
        x = _twice(x, n)
    return x


def _trailing_zeros(words: Words) -> Words:
    """Return how many zeros each word ends in; a power of two is exact as a float."""
    lowest = words & (_0 - words)
    return (np.frexp(lowest.astype(np.float64))[1] - 1).astype(np.uint64)


def _high(a: Words, b: Words) -> Words:
    """Return the upper 64 bits of each product."""
    a0, a1, b0, b1 = a & _LOW, a >> _32, b & _LOW, b >> _32
    low = a0 * b0
    low >>= _32
    a0 *= b1
    b0 *= a1
    a1 *= b1
    low += b0 & _LOW
    low += a0  # cannot overflow: the last term is at most (2**32 - 1)**2
    b0 >>= _32
    low >>= _32
    a1 += b0
    a1 += low
    return a1


def _times(a: Words, b: Words, n: Words, inverse: Words) -> Words:
    """Return a * b / R mod n (P. Montgomery, 1985), in the subtracting form, which holds above 2**63 too."""
    high = _high(a, b)
    factor = a * b
    factor *= inverse
    low = _high(factor, n)
    borrowed = high < low
    high -= low
    high += n * borrowed
    return high
