"""The cost model: that it orders the kernels as they were measured, and chooses among those it may."""

from __future__ import annotations

from itertools import pairwise

import pytest

from primes import cost


def test_the_table_is_met_where_it_was_measured():
    """At the places of the table the model returns its figures: fixed plus slope times width."""
    assert cost.seconds("numba-sieve", 10**9 - 1000, 10**9) == pytest.approx(8.8e-5 + 1000 * 0.077e-9)
    assert cost.seconds("gmpy2", 10**15 - 10, 10**15) == pytest.approx(5e-7 + 10 * 261e-9)


def test_between_the_places_costs_lie_between():
    """Between two places a cost lies between theirs, and beyond the last one it goes on growing."""
    for name in cost.COSTS:
        ends = [10**6, 10**8, 10**9, 10**11, 10**12, 10**14, 10**15, 10**17, 10**18, 2**64]
        costs = [cost.seconds(name, end - 10**6, end) for end in ends]
        assert all(later > earlier * 0.95 for earlier, later in pairwise(costs)), name


@pytest.mark.parametrize("start", [10**9, 10**12, 10**15, 10**18])
def test_narrow_ranges_go_to_the_test_and_wide_ones_to_the_sieve(start):
    """A test costs nothing to begin, a sieve little per number: the sieve wins from some width on, and stays."""
    both = ["numba-sieve", "numba-baillie-psw"]
    chosen = [cost.choose(start, start + 10**power, both)[0] for power in range(1, 11)]
    assert chosen[0] == "numba-baillie-psw"
    assert chosen[-1] == "numba-sieve"
    assert chosen == sorted(chosen)


def test_only_available_kernels_are_chosen():
    """Without libraries the standard library's kernels remain; without any known one, the message lists them."""
    assert cost.choose(10**6, 10**9, ["sieve", "miller-rabin"])[0] == "sieve"
    assert cost.choose(10**18, 10**18 + 10, ["sieve", "miller-rabin", "unheard-of"])[0] == "miller-rabin"
    with pytest.raises(ValueError, match="numba-sieve"):
        cost.choose(0, 10, ["unheard-of"])


def test_the_reason_names_the_cost_and_the_next_best():
    """The reason tells the expected time and what it was compared with."""
    name, why = cost.choose(10**9, 2 * 10**9, ["sieve", "numba-sieve"])
    assert name == "numba-sieve"
    assert "1000000000 numbers" in why and "next sieve" in why
