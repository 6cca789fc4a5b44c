"""Finding the k-th prime where the number of primes is known."""

from __future__ import annotations

import pytest

from bench.search.picking import pick
from primes import kernel

WORKERS = 2
BELOW_1E8 = 5761455  # OEIS A006880


class Recorder:
    """A mapper that notes what it is asked."""

    def __init__(self):
        self.chunks = []

    def __call__(self, task, items, chunksize):
        """Do it in this process."""
        self.chunks += items
        return [task(item) for item in items]


def test_calls_of_a_sieve_are_worth_what_they_cost_by_themselves():
    """Near 1e12 numpy-sieve needs a tenth of the time for 65,536 numbers that 100 million take: it is asked rarely."""
    mapper = Recorder()
    lo, hi = 10**12, 10**12 + 10**8
    count = 3618282  # counted with primesieve 11.0
    assert pick(kernel.load("numpy-sieve"), WORKERS, mapper, [(lo, hi)], [count], 1) == 10**12 + 39  # OEIS A033873
    assert len(mapper.chunks) <= 2 * WORKERS


@pytest.mark.parametrize(("k", "prime"), [(1, 2), (10**6, 15485863), (5 * 10**6, 86028121), (BELOW_1E8, 99999989)])
@pytest.mark.parametrize("name", ["numpy-sieve", "sieve"])
def test_the_prime_is_the_published_one(k, prime, name):
    """The first and the last one of a chunk, and those between (The Prime Pages; OEIS A006988, A003618)."""
    assert prime == pick(kernel.load(name), WORKERS, Recorder(), [(0, 10**8)], [BELOW_1E8], k)
