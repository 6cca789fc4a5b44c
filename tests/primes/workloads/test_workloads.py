"""Every file in primes/workloads is a range with a right count."""

from __future__ import annotations

import importlib
from math import isqrt
from pathlib import Path

import pytest

import primes.workloads
from primes import truth

NAMES = sorted(path.stem for path in Path(primes.workloads.__path__[0]).glob("*.py") if not path.stem.startswith("_"))


def divisions(n: int) -> int:
    """Return how many divisions the textbook's kernel makes for ``n``."""
    return next((d - 1 for d in range(2, isqrt(n) + 1) if n % d == 0), max(isqrt(n) - 1, 0))


def work(name: str) -> list[int]:
    """Return the divisions of every number of a workload, in order."""
    module = importlib.import_module(f"primes.workloads.{name}")
    return [divisions(n) for n in range(module.LO, module.HI)]


def test_the_promised_workloads_are_there() -> None:
    """The files are found: the tests below are not silently empty."""
    assert {"textbook", "default", "skewed", "giant", "dust", "empty"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_count_is_right(name: str) -> None:
    """COUNT is what two independent ways find: the sieve of primes.truth, and sympy or Baillie-PSW."""
    module = importlib.import_module(f"primes.workloads.{name}")
    try:
        from sympy import isprime
    except ImportError:
        from primes.kernels.baillie_psw import is_prime as isprime
    assert truth.expected_count(module.LO, module.HI, "trial-division") == module.COUNT
    assert sum(map(isprime, range(module.LO, module.HI))) == module.COUNT


@pytest.mark.parametrize("name", NAMES)
def test_it_says_why_it_exists_and_who_counted(name: str) -> None:
    """The first line is a sentence, and the count has a source."""
    module = importlib.import_module(f"primes.workloads.{name}")
    assert (module.__doc__ or "").splitlines()[0].endswith(".")
    assert len(module.SOURCE) > 10
    assert 0 <= module.LO <= module.HI


@pytest.mark.parametrize("name", [name for name in NAMES if name != "empty"])
def test_the_work_is_neither_nothing_nor_endless(name: str) -> None:
    """The textbook's kernel makes between 50 thousand and 20 million divisions: a few milliseconds to half a second."""
    assert 50_000 < sum(work(name)) < 20_000_000


def test_empty_is_empty() -> None:
    """There is nothing to search."""
    assert work("empty") == []


def test_skewed_defeats_equal_blocks() -> None:
    """More than half of the work lies in the last quarter, and less than a quarter of it in the first half."""
    costs = work("skewed")
    assert sum(costs[3 * len(costs) // 4 :]) > 0.5 * sum(costs)
    assert sum(costs[: len(costs) // 2]) < 0.25 * sum(costs)


def test_giant_is_few_numbers() -> None:
    """Ten numbers of two hundred carry more than three quarters of the work."""
    costs = sorted(work("giant"))
    assert sum(costs[-10:]) > 0.75 * sum(costs)


def test_dust_has_no_costly_number() -> None:
    """No number needs more than a hundred divisions."""
    assert max(work("dust")) < 100


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_weak_holds_equally_many_primes_for_every_worker(workers: int) -> None:
    """P workers search P times COUNT primes, and the last number of the range is the last of them."""
    from primes import workload
    from primes.kernels.baillie_psw import is_prime

    grown = workload.load("weak", workers)
    found = [n for n in range(grown.lo, grown.hi) if is_prime(n)]
    assert grown.grows and workers * 96 == len(found) == grown.count
    assert found[-1] == grown.hi - 1


def test_weak_grows_by_work_whatever_the_kernel() -> None:
    """P times the divisions within 1.1 %, and P times the numbers within 1.4 %, which is the work of a sieve."""
    from primes import workload

    one = workload.load("weak")
    unit = sum(divisions(n) for n in range(one.lo, one.hi))
    for workers in (2, 4):
        grown = workload.load("weak", workers)
        assert workers * unit == pytest.approx(sum(divisions(n) for n in range(grown.lo, grown.hi)), rel=0.011)
        assert workers * len(one) == pytest.approx(len(grown), rel=0.014)


def test_only_weak_grows() -> None:
    """Every other workload, and a range that somebody typed, is the same for any number of workers."""
    from primes import workload

    for name in (*(name for name in NAMES if name != "weak"), "10:20"):
        same = workload.load(name, 8)
        assert not same.grows and (same.lo, same.hi) == (workload.load(name).lo, workload.load(name).hi)
