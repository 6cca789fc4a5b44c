"""Searching with mappers that are made here."""

from __future__ import annotations

import functools
import sys

import pytest

from bench.search import choice, known
from bench.search.errors import SearchFailed
from bench.search.search import Search, Tally, count, nth, write
from primes import kernel


def serial(task, items, chunksize):
    """Search in this process."""
    return [task(item) for item in items]


def search_of(lo, hi, name="sieve", samples=(), workers=3):
    """Return a search without workers."""
    return Search(lo, hi, kernel.load(name), workers, serial, lambda tally: None, samples)


# Published counts: OEIS A006880, and for the primes from 1e12 to 1e12 + 1e6 T. Nicely's tables as carried by
# primesieve's own tests (36249).
@pytest.mark.parametrize(
    ("lo", "hi", "primes"),
    [(0, 10, 4), (0, 10**5, 9592), (0, 10**7, 664579), (10**12, 10**12 + 10**6, 36249), (0, 2, 0), (5, 5, 0)],
)
def test_counting_agrees_with_published_numbers(lo, hi, primes):
    """The windows of a search together find as many primes as are known."""
    tally = Tally(lo)
    count(search_of(lo, hi), tally)
    assert (primes, hi) == (tally.count, tally.complete_to)


@pytest.mark.parametrize(
    ("lo", "k", "prime"),
    [
        (0, 1, 2),
        (2, 2, 3),
        (3, 1, 3),
        (0, 168, 997),
        (0, 10**5, 1299709),  # OEIS A006988
        (10**12, 1, 10**12 + 39),  # OEIS A033873
    ],
)
@pytest.mark.parametrize("name", ["sieve", "baillie-psw"])
def test_the_kth_prime(lo, k, prime, name):
    """The k-th prime from a number on is the published one, by sieve and by test."""
    assert prime == nth(search_of(lo, lo + 2 * 10**6, name), Tally(lo), k)


def test_there_may_be_too_few_primes():
    """A range with fewer primes has no k-th one, and says how many it has."""
    tally = Tally(0)
    assert nth(search_of(0, 100), tally, 26) is None
    assert 25 == tally.count


def liar(tmp_path, monkeypatch, body):
    """Make a kernel of somebody's own, named lying.kernel."""
    (tmp_path / "lying").mkdir()
    (tmp_path / "lying/__init__.py").write_text("")
    (tmp_path / "lying/kernel.py").write_text(f"SOURCE = 'nobody'\nLIMIT = None\n{body}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("lying", "lying.kernel"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "lying.kernel"


LIES = "from primes.kernels import sieve\ndef count(lo, hi):\n    return sieve.count(lo, hi) - 1"
CHANGES = (
    "from primes.kernels import sieve\n"
    "def flags(lo, hi):\n    made = bytearray(sieve.flags(lo, hi))\n    made[0] ^= 1\n    return bytes(made)"
)


@pytest.mark.parametrize("body", [LIES, CHANGES])
def test_samples_expose_a_kernel_that_lies(tmp_path, monkeypatch, body):
    """A wrong answer that no table covers is found by the kernel that searches again, and both counts are told."""
    name = liar(tmp_path, monkeypatch, body)
    chosen = kernel.load(name)
    samples = known.draw(10**9, 10**9 + 10**5, choice.judge("sieve", 10**10), 1)
    search = count if chosen.count else functools.partial(write, output=None, gaps=None)
    with pytest.raises(SearchFailed, match=r"wrong answer between .* lying.kernel finds"):
        search(search_of(10**9, 10**9 + 10**5, name, samples), Tally(10**9))


def test_samples_confirm_a_kernel_that_does_not():
    """A right answer passes all samples, which change nothing about the count."""
    judge = choice.judge("sieve", 10**10)
    tally = Tally(10**9)
    count(search_of(10**9, 10**9 + 10**6, samples=known.draw(10**9, 10**9 + 10**6, judge, 1)), tally)
    assert (known.SAMPLES, 48155) == (tally.verified, tally.count)  # counted with primesieve 11.0
