"""Which part costs most, and the figures behind what helps."""

from __future__ import annotations

import pytest

from bench.analysis.bottleneck import bottleneck
from bench.analysis.decomposition import decompose
from tests.support.observations import back_to_back, observation


def worst(found, messages=None, alone_s=None):
    """Return the bottleneck of an observation; by default each item has a message of its own."""
    return bottleneck(found, decompose(found), messages or found.items, alone_s)


def test_the_chunk_that_makes_messages_little_is_found():
    """Items of 3 us, 28 us per message: 28 / (28 + 3 c) falls below 5 % where c is above 19 x 28 / 3 = 177.3."""
    spans = back_to_back(0, [3e-6] * 1000, gap=28e-6)
    found = worst(observation(spans, spans))
    assert ("between", 28 / 31) == (found.part, pytest.approx(found.share))
    assert (3e-6, 28e-6, 1, 1000) == pytest.approx(
        tuple(found.figures[name] for name in ("item_s", "handover_s", "chunk", "largest"))
    )
    assert 178 == found.figures["little_from"]


def test_what_lies_between_belongs_to_messages():
    """1,000 items with 1 us between them that came in 10 messages: 100 us a message, which has 100 items."""
    found = worst(observation(back_to_back(0, [1e-6] * 1000, gap=1e-6)), messages=10).figures
    assert (100e-6, 100) == pytest.approx((found["handover_s"], found["chunk"]))


def test_pickling_of_single_numbers_is_the_message_s():
    """3 us of pickling for 1 us of work are no obstacle to larger chunks where a message holds one small item."""
    spans = back_to_back(0, [1e-6] * 100, gap=9e-6)
    assert "little_from" in worst(observation(spans, pickling_s=3e-4, bytes_out=3400)).figures
    assert "little_from" not in worst(observation(spans, pickling_s=3e-4, bytes_out=3400), messages=5).figures
    assert "little_from" not in worst(observation(spans, pickling_s=3e-4, bytes_out=340_000)).figures


def test_what_observing_takes_is_no_loss():
    """Of 3 us between items of 1 us, noting them takes 2: a quarter of the body is lost, 1 us for each item."""
    found = worst(observation(back_to_back(0, [1e-6] * 100, gap=3e-6), noting_s=2e-6))
    assert (0.25, 1e-6) == pytest.approx((found.share, found.figures["handover_s"]))


def test_no_chunk_helps_against_pickling():
    """Items of 1 ms whose pickling takes 1 ms: that share of a half stays in chunks of any size."""
    spans = back_to_back(0, [1e-3] * 100, gap=1.1e-3)
    found = worst(observation(spans, pickling_s=0.1, bytes_out=10**6))
    assert "little_from" not in found.figures
    assert 1e-3 == pytest.approx(found.figures["travel_s"])


def test_a_huge_item_is_longer_than_an_even_share():
    """0.8 s in one item of 1.0 s of work: two workers' even share is 0.5 s."""
    found = worst(observation([(0, 0.8)], back_to_back(0, [0.01] * 20)))
    assert ("waiting", 0.6 / 1.6) == (found.part, pytest.approx(found.share))
    assert (0, 21, 0.8, 0.5) == pytest.approx(
        tuple(found.figures[name] for name in ("idle", "items", "longest_s", "even_s"))
    )


def test_making_is_little_in_a_job_that_is_long_enough():
    """50 ms to make and 10 ms to end a worker: below 5 % of 1.2 s."""
    told = {"whole": True, "begun": 0.0, "ready": 0.05, "gone": 0.11}
    found = worst(observation([(0.05, 0.1)], called=0.05, answered=0.1, **told))
    assert ("startup", 0.06, 1.2) == pytest.approx(
        (found.part, found.figures["each_s"], found.figures["little_from_s"])
    )


def test_replacing_takes_what_it_takes_for_each_worker_that_was_made():
    """One stood, and each of two that took its place could work 0.2 s after the last item: 0.2 s each, of 0.7 s."""
    lives = [[(0.0, 0.1)], [(0.3, 0.4)], [(0.6, 0.7)]]
    found = worst(observation(*lives, able=(0.0, 0.3, 0.6), workers=1))
    assert ("startup", pytest.approx(4 / 7)) == (found.part, found.share)
    assert 0.2 == pytest.approx(found.figures["each_s"])


def test_items_that_became_slower_than_alone_are_a_loss_of_their_own():
    """2 CPU seconds where the serial loop takes 1.5: a quarter of the workers' time."""
    found = worst(observation([(0, 1)], [(0, 1)]), alone_s=1.5)
    assert ("useful", 0.25, 0.75) == pytest.approx((found.part, found.share, found.figures["alone_s"]))
