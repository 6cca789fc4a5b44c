"""What a kernel defines: one exact way to decide primality.

A kernel is one file with plain names, of which at least one of the first three is needed:

``is_prime(number)``
    True or False for one number.
``flags(lo, hi)``
    The packed flags of the half-open range: bit ``i % 8`` of byte ``i // 8`` belongs to the number ``lo + i``, and bits
    behind the end are zero (`primes.flags`).
``count(lo, hi)``
    How many numbers of the half-open range are prime. A kernel with nothing else finds the k-th prime, too, but no
    search can write what it finds, or count distances.

Optional names:

``SOURCE``
    Author, title and year of the algorithm and its proof.
``LIMIT``
    The largest number for which the answer is proven exact, or None. Where it is not defined that is not known.
``HOLDS_GIL``
    True where threads cannot share the work under a global interpreter lock, so that reports know an impossible
    speed-up; where it is not defined, nothing is known.
``missing()``
    Why it cannot run on this machine and what to do about it, or None.
``warm()``
    Compiles or computes what is kept between calls; called once in each worker before anything is timed.
``compiles()``
    Whether ``warm`` has to compile first, for seconds, because nothing compiled is kept on this machine.

A worker process loads the file, so its imports at module level are paid for by every worker.
"""

from __future__ import annotations

from typing import Protocol


class IsPrime(Protocol):
    """The single-number form."""

    def __call__(self, number: int, /) -> bool:
        """Say whether the number is prime."""


class Flags(Protocol):
    """The form that gives packed flags."""

    def __call__(self, lo: int, hi: int, /) -> bytes:
        """Return ``ceil((hi - lo) / 8)`` bytes."""


class Count(Protocol):
    """The form that only counts."""

    def __call__(self, lo: int, hi: int, /) -> int:
        """Return how many numbers of the half-open range are prime."""
