"""What messages cost: lines of time over size, and where two of them cross."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from bench.analysis.errors import BadSample, TooFew
from bench.analysis.transfer import BREAK_BYTES, crossing, fit_transfer

SIZES = [0, 64, 1024, 4096, 16384, 20000, 65536, 2**20, 2**26]


def straight(alpha, beta, sizes=SIZES):
    """Return the times of a channel without a break."""
    return [(size, alpha + beta * size) for size in sizes]


def test_a_line_without_noise_is_found_exactly():
    """Times made of 5 microseconds and 1 nanosecond per byte lead back to these."""
    (line,) = fit_transfer(SIZES, [5e-6 + 1e-9 * size for size in SIZES], break_bytes=None)
    assert line.alpha_s == pytest.approx(5e-6) and line.beta_s == pytest.approx(1e-9)
    assert line.error < 1e-9
    assert (line.low_bytes, line.high_bytes) == (0, 2**26)


def test_both_sides_of_the_break_have_their_line():
    """A second write beyond 16 KiB costs 3 microseconds more and saves a copy; both lines are found."""
    times = [5e-6 + 2e-9 * size if size <= 16384 else 8e-6 + 1e-9 * size for size in SIZES]
    small, large = fit_transfer(SIZES, times)
    assert (small.alpha_s, small.beta_s) == pytest.approx((5e-6, 2e-9))
    assert (large.alpha_s, large.beta_s) == pytest.approx((8e-6, 1e-9))
    assert (small.high_bytes, large.low_bytes) == (16384, 20000)


def test_the_break_is_where_a_connection_stops_joining_header_and_content(monkeypatch):
    """A Connection makes one write for content of BREAK_BYTES, and two for one byte more."""
    from multiprocessing import connection

    writes = []
    monkeypatch.setattr(connection.Connection, "_send", lambda _self, data: writes.append(len(data)))
    near, far = connection.Pipe()
    with near, far:
        near.send_bytes(bytes(BREAK_BYTES))
        assert writes == [4 + BREAK_BYTES]
        near.send_bytes(bytes(BREAK_BYTES + 1))
        assert writes[1:] == [4, BREAK_BYTES + 1]


@pytest.mark.parametrize("seed", range(20))
def test_noisy_times_lead_to_the_optimum_that_scipy_finds(seed):
    """The relative errors are as small as scipy's bounded least squares makes them, bounds reached or not."""
    dice = np.random.default_rng(seed)
    sizes = dice.integers(0, 10 ** dice.integers(2, 8), 12)
    alpha, beta = 10 ** dice.uniform(-7, -4), 10 ** dice.uniform(-12, -8)
    times = (alpha + beta * sizes) * dice.lognormal(0, 0.5, 12)
    (line,) = fit_transfer(sizes.tolist(), times.tolist(), break_bytes=None)
    rows = np.stack([1e-6 / times, 1e-9 * sizes / times], axis=1)
    best = lsq_linear(rows, np.ones(12), (0, np.inf), method="bvls", tol=1e-14)
    assert line.alpha_s >= 0 and line.beta_s >= 0
    assert rows @ [line.alpha_s / 1e-6, line.beta_s / 1e-9] == pytest.approx(rows @ best.x, rel=1e-6)


def test_small_messages_count_as_much_as_large_ones():
    """A tenth more at every size is a tenth more in both parts: the largest message does not rule."""
    times = [1.1 * (5e-6 + 1e-9 * size) for size in SIZES] + [5e-6 + 1e-9 * size for size in SIZES]
    (line,) = fit_transfer(SIZES * 2, times, break_bytes=None)
    # The least squares of relative errors over y and 1.1 y lie at (1 + 1/1.1) / (1 + 1/1.21) times y.
    factor = (1 + 1 / 1.1) / (1 + 1 / 1.21)
    assert line.alpha_s == pytest.approx(5e-6 * factor) and line.beta_s == pytest.approx(1e-9 * factor)


def test_falling_times_have_no_negative_price_per_byte():
    """Times that fall with the size lead to a price per byte of zero, not below."""
    (line,) = fit_transfer([0, 100, 200], [3e-6, 2e-6, 1e-6], break_bytes=None)
    assert line.beta_s == 0 and 1e-6 < line.alpha_s < 3e-6


def test_one_size_beyond_the_break_leads_to_one_line():
    """A side with a single size cannot have a line, so there is one for all."""
    (line,) = fit_transfer([0, 8, 64, 2**20], [1e-6, 1e-6, 1e-6, 1e-3])
    assert (line.low_bytes, line.high_bytes) == (0, 2**20)


@pytest.mark.parametrize(("sizes", "times"), [([], []), ([8], [1e-6]), ([8, 8, 8], [1e-6, 2e-6, 3e-6])])
def test_one_size_is_too_few(sizes, times):
    """Nothing can be said of the price of a byte when all messages have one size."""
    with pytest.raises(TooFew):
        fit_transfer(sizes, times)


@pytest.mark.parametrize(
    ("sizes", "times"),
    [([0, 8], [1e-6]), ([-1, 8], [1e-6, 1e-6]), ([0, 8], [0.0, 1e-6]), ([0, 8], [float("nan"), 1e-6])],
)
def test_impossible_numbers_are_refused(sizes, times):
    """A sample of unlike lengths, a negative size and a time that is none are errors."""
    with pytest.raises(BadSample):
        fit_transfer(sizes, times)


def test_the_dearer_start_and_cheaper_byte_win_from_the_crossing_on():
    """5 us + 2 ns/B against 15 us + 1 ns/B: both cost the same at 10,000 bytes, and the second less from 10,001 on."""
    assert crossing(straight(5e-6, 2e-9), straight(15e-6, 1e-9)) == pytest.approx(10_001, abs=1)


def test_no_crossing_where_the_second_never_wins():
    """A channel that is dearer at the largest size has no crossing."""
    assert crossing(straight(15e-6, 1e-9), straight(5e-6, 2e-9)) is None


def test_a_channel_that_always_wins_does_so_from_the_smallest_common_size():
    """Only sizes that both were measured at count."""
    assert crossing(straight(5e-6, 2e-9, [64, 128]), straight(1e-6, 1e-9, [8, 64, 128])) == 64


def test_without_common_sizes_there_is_no_crossing():
    """Nothing is said of sizes that only one of the two was measured at."""
    assert crossing(straight(5e-6, 2e-9, [0, 64]), straight(1e-6, 1e-9, [128, 256])) is None


def test_a_jump_at_the_break_can_be_the_crossing():
    """The first is cheaper up to 16 KiB and pays 20 us more beyond it: the second wins from the next byte on."""
    sizes = [64, BREAK_BYTES, BREAK_BYTES + 1, 2**20]
    first = [(size, (25e-6 if size > BREAK_BYTES else 5e-6) + 1e-9 * size) for size in sizes]
    assert crossing(first, straight(10e-6, 1e-9, sizes)) == BREAK_BYTES + 1


def test_the_median_of_a_size_counts():
    """One disturbed time among three of a size changes nothing."""
    first, second = [(8, 2e-6), (8, 2e-6), (8, 9e-6)], [(8, 3e-6), (8, 1e-6), (8, 3e-6)]
    assert crossing(first, second) is None
    assert crossing(second, first) == 8


def test_a_line_that_fits_badly_contradicts_no_time():
    """Times of a real session, in microseconds: the lines cross far below the sizes at which the second was dearer."""
    sizes = [64, 4096, 20480, 65536, 2**20, 2**22]
    first, second = [40, 35, 37, 65, 430, 2600], [28, 30, 47, 60, 440, 840]
    found = crossing(list(zip(sizes, first, strict=True)), list(zip(sizes, second, strict=True)))
    assert found is not None
    assert 2**20 < found < 2**22


@pytest.mark.parametrize("seed", range(30))
def test_no_time_contradicts_the_crossing(seed):
    """From the crossing on, the second was cheaper at every size; at the last size below it, it was not."""
    dice = np.random.default_rng(seed)
    sizes = sorted(dice.choice(5000, 6, replace=False).tolist())
    first, second = (list(zip(sizes, dice.uniform(1, 2, 6).tolist(), strict=True)) for _ in "ab")
    cheaper = {size: late < early for (size, early), (_, late) in zip(first, second, strict=True)}
    found = crossing(first, second)
    if found is None:
        assert not cheaper[sizes[-1]]
        return
    assert all(cheaper[size] for size in sizes if size >= found)
    assert not [size for size in sizes if size < found] or not cheaper[max(size for size in sizes if size < found)]
