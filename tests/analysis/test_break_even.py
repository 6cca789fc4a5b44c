"""Break-even of something that is paid for once against something that is paid for each time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.analysis.break_even import Cost, break_even, cost
from bench.analysis.errors import BadSample, TooFew


@pytest.mark.parametrize(
    ("reused", "renewed", "tasks"),
    [
        (Cost(0.100, 0.001), Cost(0.0, 0.011), 11),  # at 10 both cost 0.11 s, so it pays from 11 on
        (Cost(0.105, 0.001), Cost(0.0, 0.011), 11),  # 10.5 tasks would be even
        (Cost(0.0, 0.001), Cost(0.1, 0.011), 1),
        (Cost(0.0, 0.001), Cost(0.1, 0.001), 1),
        (Cost(0.1, 0.001), Cost(0.1, 0.001), None),
        (Cost(0.1, 0.001), Cost(0.0, 0.001), None),
        (Cost(0.0, 0.002), Cost(0.1, 0.001), None),  # it pays at first, but not from some number on
    ],
)
def test_the_lines_cross_where_algebra_says(reused: Cost, renewed: Cost, tasks: int | None) -> None:
    """F + n c < G + n d holds from the first whole n above (F - G) / (d - c) on."""
    assert tasks == break_even(reused, renewed)


@pytest.mark.parametrize("seed", range(20))
def test_break_even_is_the_first_number_that_pays(seed: int) -> None:
    """One task fewer does not pay, and neither it nor any larger number costs more."""
    fixed, less, more = np.random.default_rng(seed).uniform(0.001, 0.1, 3)
    reused, renewed = Cost(float(fixed), float(min(less, more))), Cost(0.0, float(max(less, more)))
    tasks = break_even(reused, renewed)
    assert tasks is not None
    assert reused.seconds(tasks) < renewed.seconds(tasks)
    assert reused.seconds(10 * tasks) < renewed.seconds(10 * tasks)
    assert tasks == 1 or reused.seconds(tasks - 1) >= renewed.seconds(tasks - 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_line_is_that_of_scipy(seed: int) -> None:
    """The slope is that of scipy.stats.theilslopes, and so is the intercept with its method "joint"."""
    generator = np.random.default_rng(seed)
    tasks = generator.integers(1, 1000, 12)
    seconds = 0.05 + 0.002 * tasks + generator.exponential(0.01, 12)
    found = cost(list(zip(tasks.tolist(), seconds.tolist(), strict=True)))
    expected = stats.theilslopes(seconds, tasks, method="joint")
    assert expected.slope == pytest.approx(found.each_s)
    assert expected.intercept == pytest.approx(found.fixed_s)


def test_one_disturbed_measurement_does_not_move_the_line() -> None:
    """The median of slopes keeps a line of five points although one of them is ten times too large."""
    points = [(n, 0.1 + 0.01 * n) for n in (1, 2, 4, 8)]
    found = cost([*points, (16, 2.6)])
    assert 0.01 == pytest.approx(found.each_s)
    assert 0.1 == pytest.approx(found.fixed_s)


def test_nothing_costs_less_than_nothing_to_make() -> None:
    """Times that grow faster than their number would begin below zero; then each has the median time, and no more."""
    assert Cost(0.0, pytest.approx(0.0205)) == cost([(16, 0.32), (64, 1.344)])


@pytest.mark.parametrize("points", [[], [(4, 0.1)], [(4, 0.1), (4, 0.2)]])
def test_one_number_of_tasks_makes_no_line(points: list[tuple[int, float]]) -> None:
    """The message says what to measure."""
    with pytest.raises(TooFew, match="at least 2"):
        cost(points)


@pytest.mark.parametrize("point", [(0, 0.1), (-1, 0.1), (1, -0.1), (1, float("nan")), (1, float("inf"))])
def test_what_is_no_time_is_refused(point: tuple[int, float]) -> None:
    """Negative and infinite numbers cannot be measured."""
    with pytest.raises(BadSample, match="cannot be used"):
        cost([point, (2, 0.2)])
