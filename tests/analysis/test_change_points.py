"""Where a series changes its level: known steps, their size, and noise in which there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.analysis.change_points import LEAST, LIKELY, SURE, changes, excess
from bench.analysis.errors import BadSample


def noise(seed, count, alike=0.0):
    """Return noise of unit variance in which neighbours are correlated."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(count)
    for index in range(1, count):
        drawn[index] = alike * drawn[index - 1] + math.sqrt(1 - alike**2) * drawn[index]
    return drawn


def log_likelihood(values, level, alike):
    """Return the log-likelihood of a Gaussian AR(1) around a level, its variance at the optimum, by its matrix."""
    count = len(values)
    places = np.arange(count)
    matrix = alike ** np.abs(places[:, None] - places[None, :]) / (1 - alike**2)
    rest = values - level
    squares = rest @ np.linalg.solve(matrix, rest)
    return -count / 2 * math.log(squares) - np.linalg.slogdet(matrix)[1] / 2


def fitted(values, columns, alike):
    """Return the level of generalised least squares by the matrix of covariances."""
    places = np.arange(len(values))
    inverse = np.linalg.inv(alike ** np.abs(places[:, None] - places[None, :]))
    found = np.linalg.solve(columns.T @ inverse @ columns, columns.T @ inverse @ values)
    return columns @ found


@pytest.mark.parametrize("seed", range(4))
def test_the_gain_is_that_of_the_whole_matrix(seed):
    """Whitening step by step gives the likelihood ratio that inverting the covariances of all points gives."""
    values = noise(seed, 14, 0.4)
    ones = np.ones(14)
    grid = [step / 10 for step in range(9)]
    flat = max(log_likelihood(values, fitted(values, ones[:, None], alike), alike) for alike in grid)
    steps = []
    for place in range(LEAST, 14 - LEAST + 1):
        columns = np.stack([ones, np.arange(14) >= place], axis=1).astype(float)
        steps += [log_likelihood(values, fitted(values, columns, alike), alike) for alike in grid]
    assert excess(values) == pytest.approx(2 * (max(steps) - flat), rel=1e-9)


def test_an_exact_step_is_found_at_its_place():
    """Ten points at 1 s and ten at 1.5 s: the eleventh is the first of the new level, 1.5 times the old one."""
    (found,) = changes([1.0] * 10 + [1.5] * 10)
    assert found.at == 10
    assert found.sure
    assert found.ratio == pytest.approx(1.5)
    assert found.low <= 1.5 <= found.high


def test_several_steps_are_told_in_their_order():
    """Up by a fifth and down again: both are found, each between its neighbours."""
    levels = 0.01 * noise(5, 60) + np.repeat([0.0, math.log(1.2), 0.0], 20)
    first, second = changes(list(np.exp(levels)))
    assert (first.at, second.at) == (20, 40)
    assert first.ratio == pytest.approx(1.2, rel=0.02)
    assert second.ratio == pytest.approx(1 / 1.2, rel=0.02)


def test_the_unit_of_time_does_not_matter():
    """Seconds and microseconds give one answer."""
    values = list(np.exp(0.01 * noise(7, 30) + np.repeat([0.0, 0.1], 15)))
    first, second = changes(values), changes([1e6 * value for value in values])
    assert [one.at for one in first] == [one.at for one in second] == [15]
    assert first[0].ratio == pytest.approx(second[0].ratio)


def test_five_per_cent_are_found_in_noise_of_two():
    """Of forty series with ten points on each side at least 35 show the step; 38 are to be expected (95 %)."""
    steps = np.repeat([0.0, math.log(1.05)], 10)
    found = sum(bool(changes(list(np.exp(0.02 * noise(seed, 20) + steps)))) for seed in range(40))
    assert found >= 35


@pytest.mark.parametrize("alike", [0.0, 0.5])
def test_noise_alone_is_no_sure_change(alike):
    """Of forty series of 100 points at most three show one for sure; 0.4 are to be expected (1 %)."""
    found = sum(excess(noise(seed, 100, alike)) > SURE for seed in range(40))
    assert found <= 3


@pytest.mark.parametrize("count", range(2 * LEAST))
def test_short_series_have_no_change(count):
    """With fewer than three points on a side nothing is said, however large the step."""
    assert changes([1.0, 1.0, 1.0, 9.0, 9.0][:count]) == ()


def test_equal_times_have_no_change():
    """A hundred equal times have no noise and no step."""
    assert changes([0.25] * 100) == ()


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_times_must_be_above_zero(bad):
    """Logarithms are taken of them."""
    with pytest.raises(BadSample):
        changes([1.0, bad])


def test_sure_is_more_than_likely():
    """What is sure is likely, too."""
    assert SURE > LIKELY
