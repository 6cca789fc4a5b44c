"""How far an interrupted output is complete, told by the file itself: no second file can be lost or contradict it.

All of it is read, and must be what a search writes as far as that can be told at the speed of a disk: of the right
form, ascending in steps that are not too long, without small divisors, as many numbers as published tables say and as
the file itself claims. Of random bytes in place of others that notices 99.9 %, of random digits in place of others 99 %
(``tests/audit/edited_outputs.py`` counts it); ``--verify`` notices all, for it searches all of it again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.search import known
from bench.search.known import LONGEST_GAP
from primes.kernels.baillie_psw import is_prime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.search.numbers import Numbers

_READ_BYTES = 1 << 20  # at a time: its numbers, and what is computed of them, stay in the level-2 cache
_MOST_DIVISOR = 61  # of those tried; each costs about a nanosecond a number, and a larger one finds less
_AT_ONCE = 1 << 12  # numbers divided at a time, so that they stay in the level-1 cache
_DIVISORS = tuple(
    (np.uint64(pow(divisor, -1, 2**64)), np.uint64((2**64 - 1) // divisor))
    for divisor in range(3, _MOST_DIVISOR + 1, 2)
    if is_prime(divisor)
)


def examine(descriptor: int, form: Any, lo: int, hi: int) -> tuple[int, int, int] | None:
    """Return (bytes that are complete, primes in them, the number before which they are all); None without a prime.

    A process that is killed may leave a number cut short at the end of what it wrote, and nothing worse: numbers are
    written in ascending order and never changed.

    Raises:
        ValueError: the file does not hold the beginning of the primes of ``[lo, hi)`` in the format ``form``.
    """
    start = len(form.head(0))
    head = os.pread(descriptor, start, 0)
    if not form.is_head(head):
        raise ValueError("its first bytes are others")
    look = _Look(lo, hi)
    end = start
    for numbers, whole in _parts(descriptor, form, start):
        look.at(numbers)
        end += whole
    if look.last is None:
        _check_begun(descriptor, form, start, _prime_from(lo, hi))
        return None
    form.check_claim(head, look.count)
    if not is_prime(look.last):
        raise ValueError(f"it ends with {look.last}, which is no prime")
    return end, look.count, look.last + 1


def _parts(descriptor: int, form: Any, start: int) -> Iterator[tuple[Numbers, int]]:
    """Yield (the numbers of a part, its bytes); raise ValueError where something else stands."""
    at, rest = start, b""
    while data := os.pread(descriptor, _READ_BYTES, at):
        at += len(data)
        data = rest + data
        whole = form.whole(data)
        yield form.numbers(data[:whole]), whole
        rest = data[whole:]
        form.check_rest(rest)


def _check_begun(descriptor: int, form: Any, start: int, first: int | None) -> None:
    """Raise ValueError unless what a file holds, which is no whole number, is how its first number begins."""
    begun = os.pread(descriptor, _READ_BYTES, start)
    whole = b"" if first is None else form.encode(np.array([first], np.uint64))
    if not whole.startswith(begun):
        raise ValueError("what it holds is not how its first number begins")


class _Look:
    """A look at the numbers of a file, part after part."""

    def __init__(self, lo: int, hi: int) -> None:
        self.lo, self.hi = lo, hi
        self.count = 0
        self.last: int | None = None
        self._tables = [(power, found) for power, found in known.counts(lo) if power <= hi]

    def at(self, numbers: Numbers) -> None:
        """Look at the next ones; raise ValueError at one that cannot be right."""
        if not len(numbers):
            return
        if self.last is None:
            first = _prime_from(self.lo, self.hi)
            if numbers[0] != first:
                why = "holds no prime" if first is None else f"begins with {first}"
                raise ValueError(f"it begins with {numbers[0]}, and the range {why}")
        self._check_order(numbers)
        composite = _divisible(numbers)
        if composite.any():
            self._refuse(numbers, int(composite.argmax()), "is no prime")
        if numbers[-1] >= self.hi:
            self._refuse(numbers, int(np.searchsorted(numbers, np.uint64(self.hi))), f"does not lie below {self.hi}")
        while self._tables and self._tables[0][0] <= numbers[-1]:
            power, found = self._tables.pop(0)
            here = self.count + int(np.searchsorted(numbers, np.uint64(power)))
            if here != found:
                raise ValueError(f"it holds {here} numbers below {power}, and published tables {found} primes")
        self.count += len(numbers)
        self.last = int(numbers[-1])

    def _check_order(self, numbers: Numbers) -> None:
        steps = np.diff(numbers, prepend=numbers[:1] if self.last is None else np.uint64(self.last))
        wrong = steps - np.uint64(1) >= np.uint64(LONGEST_GAP)  # a step back, or none, becomes a huge one
        wrong[0] &= self.last is not None
        if wrong.any():
            at = int(wrong.argmax())
            before = numbers[at - 1] if at else self.last
            self._refuse(numbers, at, f"cannot follow {before}")

    def _refuse(self, numbers: Numbers, at: int, why: str) -> None:
        raise ValueError(f"its number {self.count + at + 1} is {numbers[at]}, which {why}")


def _prime_from(lo: int, hi: int) -> int | None:
    return next((number for number in range(lo, min(hi, lo + LONGEST_GAP + 3)) if is_prime(number)), None)


def _divisible(numbers: Numbers) -> Any:
    """Mark the numbers that have a small divisor other than themselves.

    An odd divisor divides exactly those numbers whose product with its inverse modulo 2**64 is at most 2**64 / divisor.
    Source: T. Granlund, P. L. Montgomery, "Division by invariant integers using multiplication", 1994, section 9.
    """
    found = numbers & np.uint64(1) == 0
    for begin in range(0, len(numbers), _AT_ONCE):
        part, marks = numbers[begin : begin + _AT_ONCE], found[begin : begin + _AT_ONCE]
        product, divides = np.empty_like(part), np.empty_like(marks)
        for inverse, most in _DIVISORS:
            np.multiply(part, inverse, out=product)
            np.less_equal(product, most, out=divides)
            np.logical_or(marks, divides, out=marks)
    small = int(np.searchsorted(numbers, np.uint64(_MOST_DIVISOR + 1)))
    for at in range(small):
        found[at] = not is_prime(int(numbers[at]))
    return found
