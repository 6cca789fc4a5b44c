"""Minimum effective task granularity."""

from __future__ import annotations

import numpy as np
import pytest

from bench.analysis.errors import BadSample, TooFew
from bench.analysis.metg import Level, metg

TASKS = 1000


def level(
    work_s: float, overhead_s: float, cores: int = 1, processes: int = 1, noise: float = 0.0, seed: int = 0
) -> Level:
    """Return a level whose tasks take `work_s` each, and `overhead_s` more on the core that runs them."""
    generator = np.random.default_rng([seed, int(work_s * 1e9)])
    serial = TASKS * work_s * np.exp(generator.normal(0, noise, processes))
    wall = TASKS * (work_s + overhead_s) / cores * np.exp(generator.normal(0, noise, processes))
    return Level(TASKS, tuple(serial.tolist()), tuple(wall.tolist()))


def powers(first: int, last: int, **settings: float) -> list[Level]:
    """Return levels of 2 ** first ... 2 ** last microseconds of work per task, 10 us of overhead each."""
    return [level(2.0**k * 1e-6, 10e-6, **settings) for k in range(first, last + 1)]  # type: ignore[arg-type]


def test_metg_is_twice_the_overhead_where_work_equals_overhead() -> None:
    """With 10 us of overhead per task, half efficiency is at 10 us of work: 20 us of granularity, overhead included."""
    levels = [level(work, 10e-6) for work in (5e-6, 10e-6, 20e-6, 40e-6)]
    found = metg(levels, cores=1)
    assert 20e-6 == pytest.approx(found.seconds)
    assert [15e-6, 20e-6, 30e-6, 50e-6] == pytest.approx([grain.granularity_s for grain in found.curve])
    assert [1 / 3, 1 / 2, 2 / 3, 4 / 5] == pytest.approx([grain.efficiency for grain in found.curve])


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_interpolation_is_the_one_of_the_authors_script(cores: int) -> None:
    """Between the levels the granularity is interpolated linearly over efficiency, as numpy.interp does there."""
    levels = powers(0, 8, cores=cores)
    grain = [2.0**k * 1e-6 + 10e-6 for k in (3, 4)]
    efficiency = [2.0**k / (2.0**k + 10) for k in (3, 4)]
    expected = np.interp(0.5, efficiency, grain)
    assert expected == pytest.approx(metg(levels[::-1], cores=cores).seconds)


def test_other_thresholds() -> None:
    """METG(80 %) with 10 us of overhead is 50 us: 40 us of work and the overhead."""
    assert 50e-6 == pytest.approx(
        metg([level(w, 10e-6) for w in (20e-6, 40e-6, 80e-6)], cores=1, threshold=0.8).seconds
    )


def test_no_point_above_is_refused() -> None:
    """If even the largest task stays below half efficiency, larger tasks are asked for."""
    with pytest.raises(TooFew, match="measure larger tasks"):
        metg(powers(0, 3), cores=1)


def test_no_point_below_is_refused() -> None:
    """If even the smallest task reaches half efficiency, smaller tasks are asked for."""
    with pytest.raises(TooFew, match="measure smaller tasks"):
        metg(powers(4, 8), cores=1)


def test_impossible_efficiency_is_refused() -> None:
    """An efficiency above 1.5 means that the two runs did not do the same work."""
    levels = [*powers(0, 5), Level(TASKS, (1.6,), (1.0,))]
    with pytest.raises(BadSample, match=r"efficiency of 1\.60 is above 1\.5"):
        metg(levels, cores=1)


def test_a_smaller_task_that_takes_longer_moves_nothing() -> None:
    """If noise makes the next smaller task slower, the point above the threshold stands without interpolation."""
    levels = [Level(TASKS, (0.01,), (0.03,)), Level(TASKS, (0.02,), (0.05,)), Level(TASKS, (0.03,), (0.04,))]
    assert 0.04 / TASKS == pytest.approx(metg(levels, cores=1).seconds)


def test_interval_holds_the_truth() -> None:
    """With 2 % noise and 15 processes the interval holds 20 us, and is tight."""
    found = metg([level(w * 1e-6, 10e-6, processes=15, noise=0.02, seed=3) for w in (5, 9, 11, 20)], cores=1)
    assert found.low is not None and found.high is not None
    assert 18.5e-6 < found.low <= 20e-6 <= found.high < 21.5e-6
    assert not found.narrow


def test_interval_is_open_where_the_sweep_ends() -> None:
    """If some draws find no level below or none above, that end is open; fewer than four processes have none."""
    top = [level(w * 1e-6, 10e-6, processes=8, noise=0.1) for w in (5, 10.1)]
    found = metg([top[0], Level(TASKS, top[1].baseline_s, tuple(t * 0.99 for t in top[1].wall_s))], cores=1)
    assert found.low is not None and found.high is None and found.narrow
    for processes in (1, 2, 3):
        few = metg([level(w, 10e-6, processes=processes) for w in (5e-6, 20e-6)], cores=1)
        assert (None, None) == (few.low, few.high)


@pytest.mark.parametrize(
    "levels",
    [
        [Level(10, (1.0,), (3.0,)), Level(20, (1.0,), (1.0,))],
        [Level(10, (1.0,), ()), Level(10, (1.0,), (1.0,))],
        [Level(10, (1.0,), (0.0,)), Level(10, (1.0,), (1.0,))],
        [Level(0, (1.0,), (3.0,)), Level(0, (1.0,), (1.0,))],
    ],
)
def test_impossible_levels_are_refused(levels: list[Level]) -> None:
    """Unlike numbers of tasks, missing times, times of zero and no tasks raise an error."""
    with pytest.raises(BadSample):
        metg(levels, cores=1)


def test_a_single_level_is_no_curve() -> None:
    """One task size has nothing to interpolate with."""
    with pytest.raises(TooFew):
        metg([level(1e-5, 1e-5)], cores=1)
