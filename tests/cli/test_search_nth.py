"""primebench search --nth: which kernel looks for one prime, how far, and what is said where it does not come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from primes import choice, cost


@pytest.mark.parametrize(("lo", "k"), [("1e18", "1e4"), ("1e14", "2000")])
def test_the_kernel_is_chosen_for_where_the_prime_is_expected(cli, lo, k):
    """Without HI the cheapest kernel for the numbers that are searched is taken, and not for where none can be."""
    begin, primes = int(float(lo)), int(float(k))
    width = int(primes * 45)  # the density near 1e18 is 1 in 41.4, near 1e14 1 in 32.2
    cheapest = next(iter(choice.ranking(begin, begin + width)))
    done = cli("search", lo, "--nth", k, "--backend", "serial", "--format", "json")
    assert cheapest == json.loads(done.out)["kernel"], done.err


def test_the_kernel_is_exact_up_to_an_end_that_is_given(cli, monkeypatch):
    """HI beyond a kernel rules it out unasked, however near the prime is: there may be too few before."""
    monkeypatch.setattr(cost, "COSTS", {**cost.COSTS, "sieve": ((1e-9, 1e-9), (1e-9, 1e-9))})
    near = json.loads(cli("search", "0", "--nth", "25", "--backend", "serial", "--format", "json").out)
    far = json.loads(cli("search", "0", "1e17", "--nth", "25", "--backend", "serial", "--format", "json").out)
    assert ("sieve", 97, 97) == (near["kernel"], near["prime"], far["prime"])
    assert "sieve" != far["kernel"]


LIMITED = "LIMIT = 100\ndef is_prime(n): return n > 1 and all(n % small for small in range(2, n))\n"


def test_a_kernel_with_a_limit_looks_as_far_as_it_is_exact(cli):
    """Where HI was not given, the kernel's limit is the end; there are 25 primes below 100."""
    Path("limited.py").write_text(LIMITED)
    words = ("--kernel", "limited.py", "--backend", "serial")
    done = cli("search", "0", "--nth", "25", *words)
    assert (0, "97\n") == (done.code, done.out), done.err
    done = cli("search", "0", "--nth", "26", *words)
    assert (1, "") == (done.code, done.out)
    assert "there are only 25 primes from 0 to below 101; the kernel limited.py is exact no further" in done.err


def test_a_search_that_begins_beyond_a_kernel_names_its_own_number(cli):
    """The number that is said to be too large is the one that was written."""
    Path("limited.py").write_text(LIMITED)
    done = cli("search", "101", "--nth", "2", "--kernel", "limited.py")
    assert (2, "") == (done.code, done.out)
    assert "101 is beyond the kernel limited.py, which is exact up to 100; choose another kernel" in done.err
