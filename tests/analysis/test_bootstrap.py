"""Bootstrap intervals over processes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bench.analysis import bootstrap
from bench.analysis.errors import BadSample, TooFew

Array = NDArray[np.float64]


def mean(draws: Array) -> Array:
    """Mean over everything but the draws."""
    return np.asarray(draws.reshape(len(draws), -1).mean(axis=1))


@pytest.mark.parametrize(("method", "name"), [("percentile", "percentile"), ("bca", "BCa")])
def test_ends_are_scipys(method: str, name: str) -> None:
    """With many draws both kinds of interval agree with scipy's, up to the noise of drawing."""
    values = np.random.default_rng(1).exponential(1, 25)
    found = bootstrap.interval(values.tolist(), mean, method=method, resamples=40_000)  # type: ignore[arg-type]
    expected = stats.bootstrap(
        (values,), np.mean, method=name, n_resamples=40_000, rng=np.random.default_rng(2)
    ).confidence_interval
    width = expected.high - expected.low
    assert values.mean() == pytest.approx(found.estimate)
    assert (expected.low, expected.high) == pytest.approx((found.low, found.high), abs=0.02 * width)


def test_processes_are_drawn_whole() -> None:
    """If all values of a process agree, repeating them changes nothing: values are never drawn on their own."""
    column = np.random.default_rng(3).normal(10, 1, 15)
    once = bootstrap.interval(column.tolist(), mean, seed=5)
    repeated = bootstrap.interval(np.repeat(column[:, None], 50, axis=1), mean, seed=5)
    assert (once.low, once.high) == pytest.approx((repeated.low, repeated.high))


def test_the_seed_decides() -> None:
    """One seed gives one interval, another seed another."""
    values = np.random.default_rng(4).normal(0, 1, 12).tolist()
    assert bootstrap.interval(values, mean, seed=1) == bootstrap.interval(values, mean, seed=1)
    assert bootstrap.interval(values, mean, seed=1) != bootstrap.interval(values, mean, seed=2)


def test_few_rows_are_marked() -> None:
    """Below ten rows the interval calls itself narrow."""
    assert bootstrap.interval([1.0, 2.0, 3.0] * 3, mean).narrow
    assert not bootstrap.interval([1.0, 2.0] * 5, mean).narrow


def test_draws_of_groups_have_the_spread_of_a_median() -> None:
    """Medians drawn from two groups scatter as scipy's bootstrap of each group says, and independently."""
    generator = np.random.default_rng(7)
    groups = [generator.normal(1, 0.1, 15).tolist(), generator.normal(5, 1, 21).tolist()]
    draws = bootstrap.median_draws(groups, 20_000, 0)
    for i, group in enumerate(groups):
        expected = stats.bootstrap((group,), np.median, n_resamples=20_000, method="percentile", rng=generator)
        assert expected.standard_error == pytest.approx(draws[:, i].std(), rel=0.05)
    assert abs(stats.pearsonr(draws[:, 0], draws[:, 1]).statistic) < 0.03


def test_impossible_rows_are_refused() -> None:
    """One row, ragged rows and numbers that are not finite raise an error."""
    with pytest.raises(TooFew):
        bootstrap.interval([1.0], mean)
    with pytest.raises(BadSample):
        bootstrap.interval([[1.0, 2.0], [1.0]], mean)
    with pytest.raises(BadSample):
        bootstrap.interval([1.0, float("nan")], mean)
