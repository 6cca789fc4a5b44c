"""What each kernel costs for a range: a small table, and the model that reads between its places.

A kernel takes a fixed time per call, which for a sieve grows with the root of the range's end (it has to find where
each sieving prime strikes first), and a time per number. Both are kept at five places and interpolated between them, as
powers of the number. The table was measured on one core of an Intel Xeon (Sapphire Rapids) with CPython 3.11, warm, by
counting; another processor shifts all rows alike far more than against each other, and only their order matters here.
``python tests/performance/costs.py`` measures it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

PLACES = (1e6, 1e9, 1e12, 1e15, 1e18)

# kernel: (seconds per call, nanoseconds per number) for ranges that end at each of PLACES. A row that ends early goes
# on as it ended. It holds the kernels that `primes.choice` chooses among, and primesieve, by whose costs a search
# sizes its chunks as well.
COSTS = {
    "numba-sieve": ((1.8e-5, 0.060), (8.8e-5, 0.077), (2.5e-3, 0.172), (1.7e-2, 0.44), (0.38, 0.91)),
    "primesieve": ((6.5e-6, 0.077), (2.2e-5, 0.110), (3.8e-4, 0.227), (1.1e-2, 0.41), (0.32, 1.1)),
    "numpy-sieve": ((3.2e-3, 0.36), (3.5e-3, 0.45), (1.3e-2, 1.16), (9.2e-2, 2.8), (6.0, 4.5)),
    "sieve": ((7.1e-5, 0.54), (3.0e-4, 0.94), (6.9e-3, 5.7)),
    "numba-baillie-psw": ((2.8e-6, 34), (4.1e-6, 38), (4.3e-6, 43), (4.3e-6, 47), (6.0e-6, 54)),
    "numpy-miller-rabin": ((3.5e-4, 79), (4.7e-4, 92), (5.7e-3, 330), (8.9e-3, 390), (1.5e-2, 460)),
    "miller-rabin": ((5e-7, 420), (5e-7, 490), (5e-7, 1540), (5e-7, 1880), (5e-7, 2500)),
}

# The other kernels in the same form, for estimates only: ten thousand numbers each, measured once. The last place of
# the two that divide is reckoned: a number 1000 times as large has 31.6 times as many divisors to try, and primes get
# rarer, so that it costs 26 times as much.
ROUGH = {
    "trial-division": ((5e-7, 2700), (5e-7, 5.1e4), (5e-7, 1.3e6), (5e-7, 2.4e7), (5e-7, 6.3e8)),
    "wheel6": ((5e-7, 910), (5e-7, 1.7e4), (5e-7, 4.3e5), (5e-7, 7.8e6), (5e-7, 2.0e8)),
    "baillie-psw": ((5e-7, 630), (5e-7, 750), (5e-7, 1340), (5e-7, 1530)),
    "gmpy2": ((5e-7, 220), (5e-7, 220)),
    "sympy": ((5e-7, 760), (5e-7, 770)),
}


def about(name: str, lo: int, hi: int) -> float:
    """Return a rough guess at how long any kernel takes for ``[lo, hi)``, to tell minutes from days.

    ``auto`` is taken for the compiled sieve, and a kernel that neither table knows for trial division.
    """
    row = {"auto": COSTS["numba-sieve"], **COSTS, **ROUGH}.get(name, ROUGH["trial-division"])
    return _between(row, lo, hi)


def seconds(name: str, lo: int, hi: int) -> float:
    """Return about how long the kernel takes for ``[lo, hi)`` on the processor of the table.

    Raises:
        KeyError: the table has no row for it.
    """
    return _between(COSTS[name], lo, hi)


def _between(row: Sequence[tuple[float, float]], lo: int, hi: int) -> float:
    places = [log(place) for place in PLACES[: len(row)]]
    at = max(log(max(hi, 2)), places[0])
    low = max((i for i in range(len(places) - 1) if places[i] <= at), default=0)
    share = (at - places[low]) / (places[low + 1] - places[low])
    fixed, slope = (
        exp(log(row[low][part]) + share * (log(row[low + 1][part]) - log(row[low][part]))) for part in (0, 1)
    )
    return fixed + slope * 1e-9 * (hi - lo)
