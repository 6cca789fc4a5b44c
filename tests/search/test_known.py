"""Published counts and random stretches."""

from __future__ import annotations

import pytest

from bench.search import known
from primes import kernel


@pytest.mark.parametrize(
    ("lo", "hi", "primes"),
    [
        (0, 10**6, 78498),  # OEIS A006880
        (2, 10**9 + 1, 50847534),
        (10**6, 10**9, 50847534 - 78498),
        (0, 2, 0),
        (3, 10**6, None),
        (0, 10**6 + 2, None),
    ],
)
def test_published_counts(lo, hi, primes):
    """Ranges between powers of ten have a published count; others have none."""
    assert primes == known.published(lo, hi)


@pytest.mark.parametrize(("lo", "hi"), [(0, 10**9), (10**12, 10**12 + 5), (7, 8), (2**64 - 10**6, 2**64)])
def test_samples_lie_in_the_range_and_do_not_overlap(lo, hi):
    """Samples are ascending stretches within the range, and the same for the same seed."""
    judge = kernel.load("baillie-psw")
    samples = known.draw(lo, hi, judge, 1)
    edges = [edge for sample in samples for edge in (sample.lo, sample.hi)]
    assert samples
    assert [lo, *edges, hi] == sorted([lo, *edges, hi])
    assert all(sample.lo < sample.hi for sample in samples)
    assert samples == known.draw(lo, hi, judge, 1)


def test_another_seed_draws_other_samples():
    """The seed decides where a search is looked at."""
    judge = kernel.load("baillie-psw")
    assert known.draw(0, 10**9, judge, 1) != known.draw(0, 10**9, judge, 2)


def test_tables_tell_how_many_primes_come_first():
    """From 0 on every power of ten is known, from 1e9 on the later ones, and from elsewhere none (OEIS A006880)."""
    assert [(10, 4), (100, 25), (1000, 168)] == known.counts(0)[:3]
    assert (10**10, 455052511 - 50847534) == known.counts(10**9)[0]
    assert [] == known.counts(10**9 + 2)
