"""The model of what distributing costs: makespans by hand."""

from __future__ import annotations

import pytest

from bench.analysis import cost_model
from bench.analysis.cost_model import Host, Load, Price, predict

FREE = Price(2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
TWO = Host(2.0)


def load(
    *costs_s: float,
    count: int | None = None,
    cpu: float = 1.0,
    lock: float = 1.0,
    each: tuple[float, float] = (0.0, 0.0),
) -> Load:
    """Return a job whose items cost so much, all of them or a sample of so many."""
    places = tuple((at + 0.5) / len(costs_s) for at in range(len(costs_s)))
    return Load(count or len(costs_s), places, costs_s, cpu, lock, *each)


@pytest.mark.parametrize(("chunksize", "expected"), [(1, 0.5), (25, 0.5), (50, 0.5), (40, 0.6), (100, 1.0)])
def test_even_items(chunksize: int, expected: float) -> None:
    """A hundred items of 10 ms: halves take 0.5 s; chunks of 40, 40 and 20 leave one worker 60; one chunk all."""
    assert expected == pytest.approx(predict(load(0.01, count=100), FREE, TWO, 2, chunksize).seconds)


@pytest.mark.parametrize(("chunksize", "expected"), [(1, 9.0), (2, 14.0), (4, 14.0)])
def test_long_items_at_the_end(chunksize: int, expected: float) -> None:
    """Six items of 1 s and two of 6 s: singly each worker has 3 + 6; in pairs one has 2 + 12, and in fours 2 + 12."""
    costs = (1.0,) * 6 + (6.0,) * 2
    assert expected == pytest.approx(predict(load(*costs), FREE, TWO, 2, chunksize).seconds)


def test_dispatcher_is_a_limit() -> None:
    """A thousand messages of 1 ms each take a second, however many workers and however little they do."""
    price = Price(2, 0.0, 0.0, 1e-3, 0.0, 0.0, 0.0, 0.0)
    found = predict(load(1e-6, count=1000), price, TWO, 2, 1)
    assert 1.0 == pytest.approx(found.seconds)
    assert found.limit == "between"


def test_bytes_and_items_travel_through_the_dispatcher() -> None:
    """A hundred items of 1 MB at 1 ns a byte, results of 2 MB at 3 ns, and 10 us an item take 0.701 s of one CPU."""
    price = Price(2, 0.0, 0.0, 0.0, 0.0, 10e-6, 1e-9, 3e-9)
    found = predict(load(1e-9, count=100, each=(1e6, 2e6)), price, TWO, 2, 10)
    assert 0.701 == pytest.approx(found.seconds, rel=1e-3)


def test_dispatcher_of_threads_without_a_lock_is_no_lock() -> None:
    """Threads take turns for nothing but what hands items over: that is the limit, and not the items."""
    price = Price(2, 0.0, 0.0, 1e-3, 0.0, 0.0, 0.0, 0.0, threads=True)
    assert predict(load(1e-6, count=1000, lock=0.0), price, TWO, 2, 1).limit == "between"


def test_quota_is_a_limit() -> None:
    """Three seconds of work on a quota of 1.5 CPUs take two seconds with two workers."""
    assert 2.0 == pytest.approx(predict(load(0.03, count=100), FREE, Host(1.5), 2, 1).seconds)


def test_waiting_needs_no_cpu() -> None:
    """A hundred items that wait 10 ms take 0.1 s with ten workers on two CPUs, and are limited by waiting."""
    found = predict(load(0.01, count=100, cpu=0.0), FREE, TWO, 10, 1)
    assert 0.1 == pytest.approx(found.seconds)
    assert found.limit == "blocked"


@pytest.mark.parametrize(("lock", "expected"), [(1.0, 1.0), (0.0, 0.5), (0.8, 0.8)])
def test_threads_take_turns_at_the_lock(lock: float, expected: float) -> None:
    """Of 1 s of work on two threads, the share that holds the lock cannot be divided."""
    price = Price(2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, threads=True)
    assert expected == pytest.approx(predict(load(0.01, count=100, lock=lock), price, TWO, 2, 1).seconds)


def test_workers_are_made_one_after_the_other() -> None:
    """Making two takes 20 ms and ending them 10 ms, so that four cost 60 ms beside the work."""
    price = Price(2, 0.02, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert 0.06 + 0.25 == pytest.approx(predict(load(0.01, count=100), price, Host(4.0), 4, 1).seconds)


def test_slower_cpus() -> None:
    """Two CPUs that are 20 % slower together than one alone take 0.6 s for 1 s of work."""
    assert 0.6 == pytest.approx(predict(load(0.01, count=100), FREE, Host(2.0, 1.2), 2, 1).seconds)


def test_sampled_costs_follow_the_trend_and_keep_the_sum() -> None:
    """Costs that rise from 0 to 2 ms in 100 samples: of 1000 items the sum is 1 s, the last tenth 19 % of it."""
    sampled = load(*((at + 0.5) * 2e-5 for at in range(100)), count=1000)
    costs, size = cost_model.item_costs(sampled)
    assert (1000, 1) == (len(costs), size)
    assert 1.0 == pytest.approx(costs.sum())
    assert 0.19 == pytest.approx(costs[900:].sum(), abs=0.02)


def test_chunk_size_is_in_the_middle_of_good_ones() -> None:
    """Messages of 100 us and even items of 1 ms: neither 1, whose messages cost 5 % and more, nor a fair share."""
    price = Price(2, 0.0, 0.0, 100e-6, 150e-6, 0.0, 0.0, 0.0)
    work = load(1e-3, count=1000)
    size, found = cost_model.best_chunk(work, price, TWO, 2)
    low, high = cost_model.chunk_range(work, price, TWO, 2, size)
    assert 1 < low < size < high < 500
    for other in (low, size, high):
        assert predict(work, price, TWO, 2, other).seconds <= 1.02 * found.seconds


def test_serial_below() -> None:
    """Two workers that cost 10 ms pay when half of n items of 1 ms is more than that: above 20 items."""
    price = Price(2, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    found = cost_model.serial_below(load(1e-3, count=1000), price, TWO, 2)
    assert found in (21, 22)


def test_serial_below_nothing_that_there_is() -> None:
    """Where making workers takes longer than any such job, no number of items is enough."""
    price = Price(2, 1e6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert cost_model.serial_below(load(1e-3, count=1000), price, TWO, 2) is None


def test_serial_below_more_than_there_is() -> None:
    """What would pay from 21 items on pays for none of fifteen, and no larger number is told."""
    price = Price(2, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert cost_model.serial_below(load(1e-3, count=15), price, TWO, 2) is None


def test_as_many_items_as_there_may_be() -> None:
    """Fifty million items, singly: the model keeps none of them, and knows their sum."""
    found = predict(load(1e-6, count=50_000_000), FREE, TWO, 2, 1)
    assert 25.0 == pytest.approx(found.seconds, rel=1e-3)
