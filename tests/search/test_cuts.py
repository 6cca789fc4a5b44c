"""Parts of equal cost: what they cost by other arithmetic, and that every host finds the same."""

from __future__ import annotations

from decimal import localcontext
from itertools import pairwise

import numpy as np
import pytest

from bench.search.cuts import cut
from primes import cost


def cuts(lo, hi, kernel, parts):
    """Return both ends of the range and all cuts between them."""
    return [cut(lo, hi, kernel, at, parts) for at in range(parts + 1)]


def integral(kernel, lo, hi):
    """Return what the numbers of a part cost: straight lines through the table on paper of logarithms, summed up."""
    row = cost.COSTS[kernel]
    edges = np.linspace(lo, hi, 20_001)
    middles = np.log((edges[1:] + edges[:-1]) / 2)
    slopes = np.interp(middles, np.log(cost.PLACES[: len(row)]), np.log([slope for _, slope in row]))
    return float(np.sum(np.exp(slopes) * np.diff(edges)))


@pytest.mark.parametrize("parts", [2, 7, 64])
@pytest.mark.parametrize("kernel", cost.COSTS)
@pytest.mark.parametrize(("lo", "hi"), [(0, 10**11), (10**8, 10**12), (9 * 10**11, 10**12)])
def test_parts_cost_the_same(kernel, lo, hi, parts):
    """Summed up in small steps, each part costs its share of the table's time for the range, to a thousandth."""
    costs = [integral(kernel, *part) for part in pairwise(cuts(lo, hi, kernel, parts))]
    assert [1.0] * parts == pytest.approx([found * parts / sum(costs) for found in costs], rel=3e-3)


@pytest.mark.parametrize("kernel", ["numba-sieve", "sieve", "no-table-knows-it"])
@pytest.mark.parametrize(("lo", "hi"), [(0, 0), (5, 6), (0, 10), (0, 1000), (2**64 - 1000, 2**64), (0, 2**64)])
@pytest.mark.parametrize("parts", [1, 3, 50])
def test_parts_follow_each_other(kernel, lo, hi, parts):
    """Cuts ascend from one end of the range to the other, also where there are more parts than numbers."""
    found = cuts(lo, hi, kernel, parts)
    assert (lo, hi) == (found[0], found[-1])
    assert sorted(found) == found


def test_numbers_of_one_price_are_divided_evenly():
    """Below the first place of the table, and for a kernel that it does not hold, parts are equally long."""
    assert [0, 250, 500, 750, 1000] == cuts(0, 1000, "sieve", 4)
    assert [10**15, 10**15 + 2, 10**15 + 5, 10**15 + 7, 10**15 + 10] == cuts(10**15, 10**15 + 10, "mine", 4)


def test_long_parts_begin_with_a_turn_of_the_wheel():
    """240 divides every cut but the ends where parts have a million numbers and more."""
    assert {0} == {found % 240 for found in cuts(7, 10**9 + 7, "sieve", 100)[1:-1]}


def test_cuts_depend_on_no_setting_of_the_caller():
    """The precision that the caller's decimals have makes no difference."""
    with localcontext() as context:
        context.prec = 3
        rough = cuts(10**6, 10**15, "trial-division", 5)
    assert cuts(10**6, 10**15, "trial-division", 5) == rough
