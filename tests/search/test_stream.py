"""Tests of cutting a range into windows, and of putting what they find into order."""

from __future__ import annotations

from bench.search.chunk_size import least
from bench.search.stream import Order, Windows
from primes import kernel


def windows(lo, hi, workers=2, *, flags=False):
    """Return the windows of a search with the plain sieve."""
    return Windows(kernel.load("sieve"), lo, hi, workers, flags=flags)


def take_all(made, rates, stop=2**64):
    """Give windows to workers of these speeds (numbers per second) in turn, each done at once."""
    found = []
    while True:
        for worker, rate in rates.items():
            window = made.next(worker, stop)
            if window is None:
                return found
            made.learn(worker, window, (window.hi - window.lo) / rate)
            made.end(window)
            found.append((worker, window))


def test_windows_are_a_partition():
    """Each window begins where the last one ended, from the beginning to the end."""
    found = [window for _, window in take_all(windows(7, 10**9 + 7), {"a": 1e8})]
    assert [7, *(window.hi for window in found)] == [*(window.lo for window in found), 10**9 + 7]
    assert [*range(len(found))] == [window.number for window in found]


def test_a_worker_gets_windows_by_its_speed():
    """In the middle of a long search a window takes each worker as long: half a second."""
    found = take_all(windows(0, 10**11), {"slow": 1e8, "fast": 4e8})
    middle = found[len(found) // 2 : len(found) // 2 + 2]
    sizes = {worker: window.hi - window.lo for worker, window in middle}
    assert {"slow": 50_000_160, "fast": 200_000_160} == sizes  # half a second, up to a multiple of 240


def test_the_last_windows_are_short():
    """Towards the end a window is a third of a worker's share of what is left, but not so short that it is wasteful."""
    short = least(kernel.load("sieve"), 10**11)
    found = [window for _, window in take_all(windows(0, 10**11), {"a": 1e9, "b": 1e9})]
    *tail, last = found[-20:]
    assert all(window.hi - window.lo <= max((10**11 - window.lo) // 6, short) + 240 for window in tail)
    assert min(window.hi - window.lo for window in tail) >= short
    assert last.hi - last.lo <= short + 240 < tail[0].hi - tail[0].lo


def test_nobody_runs_ahead_without_end():
    """Of windows whose results wait for an earlier one there are so many per worker, and of flags so many bytes."""
    counting = windows(0, 10**15)
    given = [counting.next("a", 10**15) for _ in range(200)]
    assert 2 * 64 == sum(window is not None for window in given)
    counting.end(given[0])
    assert counting.next("a", 10**15) is not None
    listing = windows(0, 10**12, flags=True)
    ahead = 0
    while (window := listing.next("a", 10**12)) is not None:
        listing.learn("a", window, 1e-3)
        ahead += window.hi - window.lo
    assert 2**29 <= ahead <= 2**29 + 2**27 + 240


def test_more_workers_than_at_the_beginning():
    """When others come there are as many windows under way as if they had been there, in no more memory."""
    made = windows(0, 10**12, workers=1, flags=True)
    made.workers = 16
    sizes = []
    while (window := made.next("a", 10**12)) is not None:
        made.learn("a", window, 1e-6)
        sizes.append(window.hi - window.lo)
    assert len(sizes) >= 4 * 16
    assert sum(sizes) <= 2**29 + 2**23 + 240


def test_a_stop_is_an_end_of_a_window():
    """No window goes beyond where it is told to stop; the next one begins there."""
    made = windows(0, 10**9)
    assert 1000 == made.next("a", 1000).hi
    assert made.next("a", 1000) is None
    assert 1000 == made.next("a", 10**9).lo


def test_what_comes_too_early_waits():
    """Results are handed on in the order of their numbers, whatever the order in which they come."""
    order = Order()
    came = [(2, "c"), (0, "a"), (3, "d"), (1, "b")]
    assert [[], ["a"], [], ["b", "c", "d"]] == [order.add(*each) for each in came]
