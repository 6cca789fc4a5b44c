"""What messages cost: lines of time over size, and where two of them cross."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from bench.analysis.errors import BadSample, TooFew
from bench.analysis.transfer import BREAK_BYTES, Line, Transfer, crossing, fit_transfer

SIZES = [0, 64, 1024, 4096, 16384, 20000, 65536, 2**20, 2**26]


def straight(alpha, beta, low=0, high=2**26):
    """Return the costs of a channel without a break."""
    return Transfer((Line(alpha, beta, low, high, 0.0),), 0)


def test_a_line_without_noise_is_found_exactly():
    """Times made of 5 microseconds and 1 nanosecond per byte lead back to these."""
    transfer = fit_transfer(SIZES, [5e-6 + 1e-9 * size for size in SIZES], break_bytes=None)
    (line,) = transfer.lines
    assert line.alpha_s == pytest.approx(5e-6) and line.beta_s == pytest.approx(1e-9)
    assert line.error < 1e-9
    assert (transfer.low_bytes, transfer.high_bytes) == (0, 2**26)


def test_both_sides_of_the_break_have_their_line():
    """A second write beyond 16 KiB costs 3 microseconds more and saves a copy; both lines are found."""
    times = [5e-6 + 2e-9 * size if size <= 16384 else 8e-6 + 1e-9 * size for size in SIZES]
    small, large = fit_transfer(SIZES, times).lines
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
    (line,) = fit_transfer(sizes.tolist(), times.tolist(), break_bytes=None).lines
    rows = np.stack([1e-6 / times, 1e-9 * sizes / times], axis=1)
    best = lsq_linear(rows, np.ones(12), (0, np.inf), method="bvls", tol=1e-14)
    assert line.alpha_s >= 0 and line.beta_s >= 0
    assert rows @ [line.alpha_s / 1e-6, line.beta_s / 1e-9] == pytest.approx(rows @ best.x, rel=1e-6)


def test_small_messages_count_as_much_as_large_ones():
    """A tenth more at every size is a tenth more in both parts: the largest message does not rule."""
    times = [1.1 * (5e-6 + 1e-9 * size) for size in SIZES] + [5e-6 + 1e-9 * size for size in SIZES]
    (line,) = fit_transfer(SIZES * 2, times, break_bytes=None).lines
    # The least squares of relative errors over y and 1.1 y lie at (1 + 1/1.1) / (1 + 1/1.21) times y.
    factor = (1 + 1 / 1.1) / (1 + 1 / 1.21)
    assert line.alpha_s == pytest.approx(5e-6 * factor) and line.beta_s == pytest.approx(1e-9 * factor)


def test_falling_times_have_no_negative_price_per_byte():
    """Times that fall with the size lead to a price per byte of zero, not below."""
    (line,) = fit_transfer([0, 100, 200], [3e-6, 2e-6, 1e-6], break_bytes=None).lines
    assert line.beta_s == 0 and 1e-6 < line.alpha_s < 3e-6


def test_one_size_beyond_the_break_leads_to_one_line():
    """A side with a single size cannot have a line, so there is one for all."""
    transfer = fit_transfer([0, 8, 64, 2**20], [1e-6, 1e-6, 1e-6, 1e-3])
    assert len(transfer.lines) == 1
    assert transfer.at(2**20) == transfer.lines[0].at(2**20)


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
    """5 us + 2 ns/B against 15 us + 1 ns/B: from 10,000 bytes on, the second."""
    assert crossing(straight(5e-6, 2e-9), straight(15e-6, 1e-9)) == pytest.approx(10_000, abs=1)


def test_no_crossing_where_the_second_never_wins():
    """A channel that is dearer at the largest size has no crossing."""
    assert crossing(straight(15e-6, 1e-9), straight(5e-6, 2e-9)) is None


def test_a_channel_that_always_wins_does_so_from_the_smallest_common_size():
    """Only sizes that both were measured at count."""
    assert crossing(straight(5e-6, 2e-9, low=64), straight(1e-6, 1e-9, low=8)) == 64


def test_without_common_sizes_there_is_no_crossing():
    """Nothing is said of sizes that only one of the two was measured at."""
    assert crossing(straight(5e-6, 2e-9, 0, 64), straight(1e-6, 1e-9, 128, 256)) is None


def broken(small, large, break_bytes=BREAK_BYTES):
    """Return the costs of a channel with a break."""
    return Transfer((Line(*small, 0, break_bytes, 0.0), Line(*large, break_bytes + 1, 2**26, 0.0)), break_bytes)


def test_a_jump_at_the_break_can_be_the_crossing():
    """The first is cheaper up to 16 KiB and pays 20 us more beyond it: the second wins from the next byte on."""
    first = broken((5e-6, 1e-9), (25e-6, 1e-9))
    assert crossing(first, straight(10e-6, 1e-9)) == BREAK_BYTES + 1


@pytest.mark.parametrize("seed", range(30))
def test_the_crossing_is_the_last_change_of_sides(seed):
    """Held against a search through all sizes, with breaks at unlike places in both channels."""
    dice = np.random.default_rng(seed)

    def channel():
        parts = [(10 ** dice.uniform(-6, -5), 10 ** dice.uniform(-9.5, -8.5)) for _ in range(2)]
        break_bytes = int(dice.integers(500, 3500))
        return Transfer(
            (Line(*parts[0], 0, break_bytes, 0.0), Line(*parts[1], break_bytes + 1, 4000, 0.0)), break_bytes
        )

    first, second = channel(), channel()
    expected = None
    for size in range(4000, -1, -1):
        if second.at(size) >= first.at(size):
            break
        expected = size
    assert crossing(first, second) == (expected if expected is None else pytest.approx(expected, abs=1))
