"""Which kernel searches and which one checks."""

from __future__ import annotations

import pytest

from bench.core.errors import UnknownName, UsageError
from bench.search import choice
from bench.search.errors import SearchFailed
from primes import choice as rule


@pytest.fixture(autouse=True)
def forget():
    """Let no test see what another one found installed."""
    rule.installed.cache_clear()
    yield
    rule.installed.cache_clear()


def test_auto_is_the_rule_of_the_kernel_auto(monkeypatch):
    """A search takes what primes.choice takes."""
    monkeypatch.setattr(rule, "choose", lambda lo, hi, reach: ("wheel6", ""))
    assert "wheel6" == choice.choose("auto", 0, 100).name


def test_auto_sieves_wide_ranges_and_tests_narrow_ones():
    """A wide range is sieved; a narrow one far up is tested number by number, which needs no primes up to its root."""
    assert choice.choose("auto", 0, 10**9).name.endswith("sieve")
    assert not choice.choose("auto", 2**64 - 100, 2**64).name.endswith("sieve")


def test_a_short_search_is_done_without_compiling(monkeypatch):
    """Where no machine code is kept, a short range takes a kernel that needs none, and a long one is compiled for."""
    monkeypatch.setattr("primes.kernels._machine_code.is_kept", lambda module: False)
    short, wide = ((10**6, 2 * 10**6), (10**9, 11 * 10**9))
    compiled = choice.choose("numba-sieve", *wide)
    assert choice.without_compiling(compiled, *short).name in {"sieve", "numpy-sieve"}
    assert compiled == choice.without_compiling(compiled, *wide)
    monkeypatch.setattr("primes.kernels._machine_code.is_kept", lambda module: True)
    assert compiled == choice.without_compiling(compiled, *short)


@pytest.mark.parametrize("hi", [10**3, 10**9, 10**13, 10**17, 2**64])
def test_auto_reaches_every_range(hi):
    """Whatever is installed, the chosen kernel is present and exact up to the end of the range."""
    chosen = choice.choose("auto", hi - 1000, hi)
    assert chosen.missing is None
    assert chosen.reaches(hi)


@pytest.mark.parametrize("name", ["numba-sieve", "numpy-sieve", "sieve", "baillie-psw", "numba-baillie-psw", "wheel6"])
def test_the_judge_is_another_kind_of_kernel(name):
    """Neither a kernel nor a faster form of it confirms its own answers."""
    judge = choice.judge(name, 10**12)
    kinds = [each.removeprefix("numba-").removeprefix("numpy-") for each in (name, judge.name)]
    assert kinds[0] != kinds[1]
    assert judge.missing is None


def test_a_kernel_whose_library_is_missing(monkeypatch):
    """The message says what to install."""
    monkeypatch.setattr("primes.kernels.numba_sieve.find_spec", lambda name: None)
    with pytest.raises(SearchFailed, match=r'pip install "primebench\[numba\]"'):
        choice.choose("numba-sieve", 0, 100)
    assert "numba-sieve" != choice.choose("auto", 0, 10**9).name


def test_names_and_limits_are_told():
    """A misspelt kernel gets the nearest name, and a range beyond a kernel its limit."""
    with pytest.raises(UnknownName, match="did you mean sieve"):
        choice.choose("sive", 0, 100)
    with pytest.raises(UsageError, match="exact up to 10000000000000000"):
        choice.choose("sieve", 0, 10**16 + 2)
    with pytest.raises(UsageError, match="no_such_package"):
        choice.choose("no_such_package.kernel", 0, 100)
