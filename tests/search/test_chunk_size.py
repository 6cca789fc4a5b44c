"""Windows and chunks."""

from __future__ import annotations

import pytest

from bench.search.chunk_size import ChunkSize
from primes import kernel


@pytest.mark.parametrize("workers", [1, 2, 64])
@pytest.mark.parametrize(("lo", "hi"), [(0, 1), (0, 1000), (10**9, 10**9 + 10**11), (2**64 - 10**10, 2**64)])
@pytest.mark.parametrize("name", ["sieve", "numba-sieve", "baillie-psw"])
def test_flags_never_take_more_than_a_window_may(workers, lo, hi, name):
    """However fast the search is, the flags of one window stay within 16 MiB, and the windows cover the range."""
    pace = ChunkSize(kernel.load(name), lo, hi, workers, flags=True)
    left, windows = hi - lo, 0
    while left and windows < 200:
        sizes = pace.cut(left)
        window = sum(sizes)
        assert 0 < window <= min(left, 2**27)
        assert min(sizes) >= 1
        pace.learn(window, window / 1e11)
        left -= window
        windows += 1
    assert left == 0 or windows == 200


def test_windows_grow_until_they_take_a_second():
    """A search begins with a short window, and soon looks at the clock about once in a second."""
    pace = ChunkSize(kernel.load("numba-sieve"), 0, 10**12, 2, flags=False)
    sizes = []
    for _ in range(6):
        window = sum(pace.cut(10**12))
        sizes.append(window)
        pace.learn(window, window / 1e10)
    assert sizes[0] < sizes[-1] / 4
    assert 10**10 <= sizes[-1] <= 10**11


def test_nothing_short_is_left_for_the_end():
    """What is little more than a window is searched in one, because a short window wastes time."""
    pace = ChunkSize(kernel.load("numba-sieve"), 0, 10**11, 2, flags=False)
    pace.learn(10**10, 1.0)
    assert 14 * 10**9 == sum(pace.cut(14 * 10**9))


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_chunks_shrink_towards_the_end(workers):
    """No chunk is longer than the one before; the first leaves enough for slower workers, the last are soon done."""
    pace = ChunkSize(kernel.load("numba-sieve"), 0, 10**11, workers, flags=False)
    pace.learn(10**10, 1.0)
    sizes = pace.cut(10**10)
    assert 10**10 == sum(sizes)
    assert sorted(sizes, reverse=True) == sizes
    assert sizes[0] <= 10**10 / (3 * workers) + 240
    assert sizes[-1] <= max(pace.least, 10**10 / (64 * workers)) + 240
    assert len(sizes) < 20 * workers  # fewer than equal ones: what each costs by itself comes less often


def test_blocks_are_made_of_equal_chunks():
    """Workers that get a block each, whatever its chunks are, get as much as each other."""
    pace = ChunkSize(kernel.load("numba-sieve"), 0, 10**11, 2, flags=False, equal=True)
    pace.learn(10**10, 1.0)
    *sizes, last = pace.cut(10**10)
    assert 16 * 2 <= len(sizes) + 1
    assert {sizes[0]} == set(sizes)
    assert last <= sizes[0]


def test_windows_that_did_not_fit_are_halved():
    """Every further window is at most half as long as the one that did not fit, until it is not worth it."""
    pace = ChunkSize(kernel.load("numpy-sieve"), 0, 10**12, 2, flags=True)
    pace.learn(10**9, 1.0)
    first = sum(pace.cut(10**12))
    assert pace.shrink(first)
    assert first // 2 >= sum(pace.cut(10**12)) > first // 4
    assert sum(pace.cut(10**12)) <= first // 2
    assert not pace.shrink(8000)
