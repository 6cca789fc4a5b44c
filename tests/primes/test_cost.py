"""The cost model: what it makes of a table, and what every table has to say."""

from __future__ import annotations

from itertools import pairwise

import pytest

from primes import cost


@pytest.fixture
def table(monkeypatch):
    """Replace the table by two rows that can be reckoned by hand."""
    rows = {"whole": ((1e-6, 1), (1e-4, 3), (1e-2, 9), (1, 27), (100, 81)), "short": ((1e-6, 1), (1e-4, 100))}
    monkeypatch.setattr(cost, "COSTS", rows)


@pytest.mark.usefixtures("table")
def test_the_table_is_met_at_its_places():
    """At a place a cost is the fixed one plus the slope times the width: 1e-4 s and 1000 times 3 ns at 1e9."""
    assert 1.03e-4 == pytest.approx(cost.seconds("whole", 10**9 - 1000, 10**9))
    assert 100 + 81 == pytest.approx(cost.seconds("whole", 10**18 - 10**9, 10**18))


@pytest.mark.usefixtures("table")
def test_between_two_places_both_parts_are_powers_of_the_number():
    """Halfway in logarithms, at 10**13.5, stand the geometric means: of 0.01 and 1 s 0.1 s, of 9 and 27 ns 15.59 ns."""
    middle = round(10**13.5)
    assert 0.1 == pytest.approx(cost.seconds("whole", middle, middle))
    assert 0.1 + 15.588 == pytest.approx(cost.seconds("whole", middle - 10**9, middle), rel=1e-4)


@pytest.mark.usefixtures("table")
def test_outside_the_places():
    """Below the first place its costs hold; above the last known one they grow on: hundredfold from 1e9 to 1e12."""
    assert 1e-6 + 100e-9 == pytest.approx(cost.seconds("short", 0, 100))
    assert 1e-2 == pytest.approx(cost.seconds("short", 10**12, 10**12))


@pytest.mark.parametrize("name", cost.COSTS)
def test_costs_do_not_fall_as_numbers_grow(name):
    """A million numbers cost no less further up, between the places and beyond the last; 10 % are left to noise."""
    ends = [10**9, 10**11, 10**12, 10**14, 10**15, 10**17, 10**18, 2**64]
    costs = [cost.seconds(name, end - 10**6, end) for end in ends]
    assert all(later > earlier * 0.9 for earlier, later in pairwise(costs))


@pytest.mark.parametrize("name", cost.COSTS)
def test_more_numbers_cost_more(name):
    """A range from 0 that ends further up costs more, between the places as well."""
    costs = [cost.seconds(name, 0, 10**power) for power in range(1, 20)]
    assert sorted(set(costs)) == costs


@pytest.mark.parametrize("start", [10**9, 10**12, 10**15, 10**18])
def test_tests_are_cheaper_for_narrow_ranges_and_sieves_for_wide_ones(start):
    """A test costs nothing to begin, a sieve little per number: the sieve wins from some width on, and stays."""
    sieve, test = (
        [cost.seconds(name, start, start + 10**power) for power in range(1, 11)]
        for name in ("numba-sieve", "numba-baillie-psw")
    )
    cheaper = [a < b for a, b in zip(sieve, test, strict=True)]
    assert not cheaper[0]
    assert cheaper[-1]
    assert sorted(cheaper) == cheaper
