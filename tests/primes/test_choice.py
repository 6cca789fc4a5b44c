"""The rule by which a kernel is taken unasked."""

from __future__ import annotations

from importlib import import_module

import pytest

from primes import choice, cost

# (seconds per call, nanoseconds per number), the same everywhere, so that everything can be reckoned by hand.
TABLE = {
    "primesieve": (1e-9, 1e-6),
    "gmpy2": (1e-9, 1e-6),
    "numpy-sieve": (10e-3, 1),
    "sieve": (1e-3, 10),
    "miller-rabin": (1e-6, 1000),
}


@pytest.fixture(autouse=True)
def forget():
    """Let no test see what another one found installed."""
    choice.installed.cache_clear()
    yield
    choice.installed.cache_clear()


@pytest.fixture
def table(monkeypatch):
    """Replace the table of costs by `TABLE`, and let nothing be missing but the two kernels on numba and on arrays."""
    monkeypatch.setattr(cost, "COSTS", {name: (row, row) for name, row in TABLE.items()})
    for name in ("numba-sieve", "numba-baillie-psw", "numpy-miller-rabin"):
        hide(monkeypatch, name)
    for name in ("primesieve", "gmpy2", "numpy-sieve"):
        monkeypatch.setattr(import_module(f"primes.kernels.{name.replace('-', '_')}"), "missing", lambda: None)


def hide(monkeypatch, name):
    """Let a kernel say that its library is missing."""
    monkeypatch.setattr(import_module(f"primes.kernels.{name.replace('-', '_')}"), "missing", lambda: "not here")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("width", "name"),
    [(1, "miller-rabin"), (1000, "miller-rabin"), (1020, "sieve"), (900_000, "sieve"), (1_100_000, "numpy-sieve")],
)
def test_the_cheapest_is_taken(width, name):
    """1e-6 + 1e-6 w exceeds 1e-3 + 1e-8 w from w = 1009 on, and that exceeds 1e-2 + 1e-9 w from w = 1000000 on."""
    assert name == choice.choose(10**9, 10**9 + width)[0]


@pytest.mark.usefixtures("table")
def test_the_ranking_holds_every_candidate_cheapest_first():
    """For 100000 numbers: 1 ms + 1 ms, 10 ms + 0.1 ms, and 1 us + 100 ms."""
    ranking = choice.ranking(0, 100_000)
    assert ["sieve", "numpy-sieve", "miller-rabin"] == list(ranking)
    assert [0.002, 0.0101, 0.100001] == pytest.approx(list(ranking.values()))


@pytest.mark.usefixtures("table")
def test_the_reason_names_the_cost_and_the_next_best():
    """For 100000 numbers sieve takes 2 ms and numpy-sieve, the next, 10.1 ms."""
    assert ("sieve", "about 0.002 s; next numpy-sieve, about 0.01 s") == choice.choose(0, 100_000)


@pytest.mark.usefixtures("table")
def test_what_others_have_made_is_never_taken():
    """primesieve and gmpy2 cost next to nothing in this table and are said to be installed, and are not taken."""
    assert not {"primesieve", "gmpy2"} & {*choice.ranking(0, 1000)}


@pytest.mark.usefixtures("table")
def test_what_is_missing_is_not_taken(monkeypatch):
    """Without numpy, numpy-sieve gives way to the next best."""
    hide(monkeypatch, "numpy-sieve")
    assert "sieve" == choice.choose(0, 10**9)[0]


@pytest.mark.usefixtures("table")
def test_nothing_is_taken_beyond_where_it_is_exact():
    """The limits are 1e16 for sieve and 2**64 - 1 for numpy-sieve; above, miller-rabin is the only one."""
    assert "sieve" == choice.choose(10**16 - 9999, 10**16 + 1)[0]
    assert "miller-rabin" == choice.choose(10**16 - 9998, 10**16 + 2)[0]
    assert {"numpy-sieve", "miller-rabin"} == {*choice.ranking(2**64 - 1, 2**64)}
    name, why = choice.choose(2**64, 2**64 + 1)
    assert "miller-rabin" == name
    assert f"no other that is installed is exact up to {2**64}" in why


def test_beyond_all_of_them_there_is_nothing_to_take():
    """Sorenson and Webster proved thirteen bases up to 3317044064679887385961980; the message says so."""
    assert "miller-rabin" == choice.choose(3317044064679887385961980, 3317044064679887385961981)[0]
    with pytest.raises(ValueError, match="exact up to 3317044064679887385961980; end the range"):
        choice.choose(0, 3317044064679887385961982)


@pytest.mark.usefixtures("table")
def test_only_one_kind_of_test_is_taken(monkeypatch):
    """Where a Baillie-PSW test is exact, a Miller-Rabin test is left over for checking; above 64 bits there is none."""
    monkeypatch.setattr(import_module("primes.kernels.numba_baillie_psw"), "missing", lambda: None)
    assert {"numba-baillie-psw", "numpy-sieve"} == {*choice.able(2**64)}
    assert ("miller-rabin",) == choice.able(2**64 + 1)


def test_every_candidate_has_its_costs():
    """The table has a row for each kernel that may be taken."""
    assert {*choice.CANDIDATES} <= {*cost.COSTS}
