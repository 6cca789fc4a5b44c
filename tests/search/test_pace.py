"""Windows and chunks."""

from __future__ import annotations

import pytest

from bench.search.pace import Pace
from primes import kernel


@pytest.mark.parametrize("workers", [1, 2, 64])
@pytest.mark.parametrize(("lo", "hi"), [(0, 1), (0, 1000), (10**9, 10**9 + 10**11), (2**64 - 10**10, 2**64)])
@pytest.mark.parametrize("name", ["sieve", "numba-sieve", "baillie-psw"])
def test_flags_never_take_more_than_a_window_may(workers, lo, hi, name):
    """However fast the search is, the flags of one window stay within 16 MiB, and the windows cover the range."""
    pace = Pace(kernel.load(name), lo, hi, workers, flags=True)
    left, windows = hi - lo, 0
    while left and windows < 200:
        window, size = pace.cut(left)
        assert 0 < window <= min(left, 2**27)
        assert size >= 1
        pace.learn(window, window / 1e11)
        left -= window
        windows += 1
    assert left == 0 or windows == 200


def test_windows_grow_until_they_take_a_second():
    """A search begins with a short window, and soon looks at the clock about once in a second."""
    pace = Pace(kernel.load("numba-sieve"), 0, 10**12, 2, flags=False)
    sizes = []
    for _ in range(6):
        window, _ = pace.cut(10**12)
        sizes.append(window)
        pace.learn(window, window / 1e10)
    assert sizes[0] < sizes[-1] / 4
    assert 10**10 <= sizes[-1] <= 10**11
    assert 16 * 2 <= -(-sizes[-1] // pace.cut(10**12)[1])


def test_nothing_short_is_left_for_the_end():
    """What is little more than a window is searched in one, because a short window wastes time."""
    pace = Pace(kernel.load("numba-sieve"), 0, 10**11, 2, flags=False)
    pace.learn(10**10, 1.0)
    assert 14 * 10**9 == pace.cut(14 * 10**9)[0]
