"""Speed-up, efficiency, ceiling and serial fraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import scaling
from bench.analysis.errors import BadSample


@given(st.integers(2, 64), st.floats(0, 1))
def test_karp_flatt_recovers_the_fraction_of_amdahls_law(workers: int, fraction: float) -> None:
    """A speed-up by Amdahl's law with serial fraction f has the Karp-Flatt fraction f at every P above 1."""
    assert fraction == pytest.approx(scaling.karp_flatt(1 / (fraction + (1 - fraction) / workers), workers), abs=1e-9)


def test_karp_flatt_of_published_examples() -> None:
    """M. Quinn, "Parallel programming in C with MPI and OpenMP", 2003, section 7.5: 2 to 8 processors.

    The first has a constant fraction of 0.1, the second one that rises from 0.070 to 0.100 by growing overhead.
    """
    constant = [1.82, 2.50, 3.08, 3.57, 4.00, 4.38, 4.71]
    rising = [1.87, 2.61, 3.23, 3.73, 4.14, 4.46, 4.71]
    found = [[scaling.karp_flatt(s, p) for p, s in enumerate(row, start=2)] for row in (constant, rising)]
    assert found[0] == pytest.approx([0.1] * 7, abs=0.0015)
    assert found[1] == pytest.approx([0.070, 0.075, 0.080, 0.085, 0.090, 0.095, 0.100], abs=0.0015)


def test_karp_flatt_is_undefined_for_one_worker() -> None:
    """One worker has no serial fraction."""
    assert scaling.karp_flatt(0.9, 1) is None


def test_curve_sets_each_count_in_relation() -> None:
    """Speed-up is serial over parallel time, efficiency per worker, share against what P pinned copies reach."""
    serial = [1.0, 1.01, 0.99, 1.0, 1.0]
    found = scaling.curve(
        serial,
        {4: [0.4] * 5, 1: [1.25] * 5, 2: [0.625] * 5},
        {2: [1.25] * 5, 4: [2.0] * 5},
    )
    assert [1, 2, 4] == [point.workers for point in found]
    assert [0.8, 1.6, 2.5] == pytest.approx([point.speed_up for point in found])
    assert [0.8, 0.8, 0.625] == pytest.approx([point.efficiency for point in found])
    assert found[0].limit is None and found[0].share is None
    assert [1.6, 2.0] == pytest.approx([point.limit for point in found[1:]])
    assert [1.0, 1.25] == pytest.approx([point.share for point in found[1:]])
    assert [None, pytest.approx(0.25), pytest.approx(0.2)] == [point.serial_fraction for point in found]
    assert all(point.low is not None and point.low <= point.speed_up <= (point.high or 0) for point in found)


def test_fraction_and_share_have_intervals_of_their_own() -> None:
    """Four against four processes: the ends are those of the extreme quotients.

    Serial 1.0 .. 1.3 s against 0.60 .. 0.63 s are speed-ups of 1.0 / 0.63 .. 1.3 / 0.60; on 2 workers the serial
    fraction is 2 / S - 1. The ceiling's copies need 1.0 .. 1.03 s, half of which is divided by the same times.
    """
    (point,) = scaling.curve([1.0, 1.1, 1.2, 1.3], {2: [0.6, 0.61, 0.62, 0.63]}, {2: [1.0, 1.01, 1.02, 1.03]})
    assert (2 * 0.60 / 1.3 - 1, 2 * 0.63 / 1.0 - 1) == pytest.approx((point.fraction_low, point.fraction_high))
    assert (0.5 * 1.0 / 0.63, 0.5 * 1.03 / 0.60) == pytest.approx((point.share_low, point.share_high))


def test_curve_without_enough_processes_has_no_interval() -> None:
    """Two processes a side give a speed-up, but no interval."""
    (point,) = scaling.curve([1.0, 1.0], {2: [0.5, 0.5]})
    assert point.speed_up == pytest.approx(2.0)
    assert point.low is None and point.high is None


def test_plain_definitions() -> None:
    """T1 / TP, S / P and P x T1 / Tcopies, on numbers that can be checked in the head."""
    assert 4.0 == scaling.speed_up(2.0, 0.5)
    assert 0.5 == scaling.efficiency(4.0, 8)
    assert 1.6 == scaling.limit(1.0, 1.25, 2)


def test_impossible_numbers_are_refused() -> None:
    """Zero workers, times of zero and a speed-up of zero raise an error."""
    for call in (
        lambda: scaling.efficiency(1.0, 0),
        lambda: scaling.speed_up(0.0, 1.0),
        lambda: scaling.karp_flatt(0.0, 2),
        lambda: scaling.curve([1.0], {2: [0.0]}),
        lambda: scaling.curve([], {2: [1.0]}),
    ):
        with pytest.raises(BadSample):
            call()
