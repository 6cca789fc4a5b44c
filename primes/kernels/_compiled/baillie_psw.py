"""The compiled half of numba-baillie-psw: strong test to base 2, then an almost extra strong Lucas test, in 64 bits.

Numbers are kept in Montgomery form (P. Montgomery, Modular multiplication without trial division, 1985) with
R = 2**64. All arithmetic is on uint64 and wraps: a constant written as a plain int would make numba promote to
float64, so each is given its type once, here.
"""

from __future__ import annotations

import numpy as np
from numba import types

from primes.kernels._compiled.memory import inline, part

_0, _1, _2, _3, _4, _7, _8 = (np.uint64(k) for k in (0, 1, 2, 3, 4, 7, 8))
_32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_MAX = np.uint64(2**64 - 1)

# Odd primes tried first. Each costs one multiplication and frees about 1/p of the remaining numbers from the real
# test, which costs some 200: beyond about 200 they cost more than they save.
_SMALL = [p for p in range(3, 200) if all(p % q for q in range(2, int(p**0.5) + 1))]
# p divides n exactly when n * p**-1 mod 2**64 <= (2**64 - 1) // p (T. Granlund and P. Montgomery, Division by
# invariant integers using multiplication, 1994, section 9).
_INVERSES = np.array([pow(p, -1, 2**64) for p in _SMALL], dtype=np.uint64)
_QUOTIENTS = np.array([(2**64 - 1) // p for p in _SMALL], dtype=np.uint64)
_SURELY = np.uint64(211**2)  # a number below it without a factor in _SMALL is prime


@inline
def _high(a, b):
    """Return the upper 64 bits of the product; LLVM turns this into one multiplication."""
    a0, a1, b0, b1 = a & _LOW, a >> _32, b & _LOW, b >> _32
    low, left, right = a0 * b0, a1 * b0, a0 * b1
    carry = (low >> _32) + (left & _LOW) + right  # cannot overflow: right <= (2**32 - 1)**2
    return a1 * b1 + (left >> _32) + (carry >> _32)


@inline
def _times(a, b, n, inverse):
    """Return a * b / R mod n; ``inverse`` is n**-1 mod R. The subtracting form cannot overflow, even above 2**63."""
    high = _high(a, b)
    low = _high(a * b * inverse, n)
    return high - low + (n if high < low else _0)


@inline
def _minus(a, b, n):
    return a - b + (n if a < b else _0)


@inline
def _jacobi(a, n):
    """Return the Jacobi symbol (a / n) for odd n, by quadratic reciprocity."""
    sign = 1
    a %= n
    while a:
        while not a & _1:
            a >>= _1
            if (n & _7) == _3 or (n & _7) == _4 + _1:
                sign = -sign
        a, n = n, a
        if (a & _3) == _3 and (n & _3) == _3:
            sign = -sign
        a %= n
    return sign if n == _1 else 0


@inline
def _is_square(n):
    root = np.uint64(np.sqrt(np.float64(n)))
    # The rounded root is off by at most one; root * root wraps for 2**32, where n would have to be 2**64.
    return root * root == n or (root - _1) * (root - _1) == n or (root + _1) * (root + _1) == n


@inline
def _odd_part(n):
    """Return d, s and the second highest bit of d, or 0 where d is 1, for n = d * 2**s above 0 with odd d."""
    d, s = n, 0
    while not d & _1:
        d >>= _1
        s += 1
    bit = _1
    while (bit << _1) <= d and (bit << _1) > bit:
        bit <<= _1
    return d, s, bit >> _1


@inline
def _passes_base_2(n, inverse, one, minus_one):
    """Strong probable prime test to base 2: 2**d = 1, or 2**(d * 2**r) = -1 for some r < s, where n - 1 = d * 2**s."""
    d, s, bit = _odd_part(n - _1)
    x = _minus(one, minus_one, n)  # two
    while bit:
        x = _times(x, x, n, inverse)
        if d & bit:
            x = _minus(x, n - x, n)  # doubled
        bit >>= _1
    if x == one or x == minus_one:
        return True
    for _ in range(s - 1):
        x = _times(x, x, n, inverse)
        if x == minus_one:
            return True
    return False


@inline
def _passes_lucas(n, inverse, one, minus_one):
    """Almost extra strong Lucas test: Q = 1, the first P >= 3 with (P*P - 4 / n) = -1, n + 1 = d * 2**s.

    n passes if V(d) = +-2 or V(d * 2**r) = 0 for some r < s - 1. Only the V sequence is needed.
    """
    parameter = _3
    while True:
        symbol = _jacobi(parameter * parameter - _4, n)
        if symbol == -1:
            break
        if symbol == 0 and parameter * parameter - _4 < n:
            return False  # a proper factor of n divides P*P - 4
        if parameter == _8 + _8 and _is_square(n):
            return False  # for a square the symbol is never -1
        parameter += _1
    two = _minus(one, minus_one, n)
    p = one
    for _ in range(parameter - _1):
        p = _minus(p, minus_one, n)
    if n == _MAX:  # n + 1 would be 0; n is a multiple of 3
        return False
    d, s, bit = _odd_part(n + _1)
    v, w = p, _minus(_times(p, p, n, inverse), two, n)  # V(1), V(2)
    while bit:
        middle = _minus(_times(v, w, n, inverse), p, n)
        if d & bit:
            v, w = middle, _minus(_times(w, w, n, inverse), two, n)
        else:
            v, w = _minus(_times(v, v, n, inverse), two, n), middle
        bit >>= _1
    if v == two or v == n - two:
        return True
    for _ in range(s - 1):
        if v == _0:
            return True
        v = _minus(_times(v, v, n, inverse), two, n)
    return False


@part
def _is_prime(n):
    """Say whether the uint64 ``n`` is prime."""
    if n < _4:
        return n > _1
    if not n & _1:
        return False
    for i in range(_INVERSES.size):
        if n * _INVERSES[i] <= _QUOTIENTS[i]:
            return n * _INVERSES[i] == _1
    if n < _SURELY:
        return True
    inverse = n  # right to 3 bits, and each step doubles them: 3, 6, 12, 24, 48, 96
    for _ in range(5):
        inverse *= _2 - n * inverse
    one = (_MAX % n) + _1  # R mod n: n is odd, so this is never n
    minus_one = n - one
    return _passes_base_2(n, inverse, one, minus_one) and _passes_lucas(n, inverse, one, minus_one)


def is_prime(n):
    """Say whether the uint64 ``n`` is prime."""
    return _is_prime(n)


def mark(size, numbers, marks):
    """Set ``marks[i]`` to whether ``numbers[i]`` is prime, for scattered numbers."""
    for i in range(size):
        marks[i] = types.uint8(_is_prime(numbers[i]))


def count(lo, size):
    """Return how many of the ``size`` numbers from ``lo`` on are prime."""
    counted = 0
    for i in range(size):
        counted += types.int64(_is_prime(lo + types.uint64(i)))
    return counted


def fill(lo, size, packed):
    """Set the bits of the zeroed ``packed``: bit i % 8 of byte i // 8 says whether ``lo + i`` is prime."""
    for i in range(size):
        if _is_prime(lo + types.uint64(i)):
            packed[i >> 3] |= types.uint8(1 << (i & 7))


_bytes, _words = types.CPointer(types.uint8), types.CPointer(types.uint64)
SIGNATURES = {
    "is_prime": types.uint8(types.uint64),
    "mark": types.void(types.int64, _words, _bytes),
    "count": types.int64(types.uint64, types.int64),
    "fill": types.void(types.uint64, types.int64, _bytes),
}
