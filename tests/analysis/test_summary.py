"""Robust numbers of one sample."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.analysis.errors import BadSample
from bench.analysis.summary import medians, minima, summarise

SAMPLE = [[3.0, 1.0, 2.0], [5.0, 4.0], [9.0]]


def test_each_process_is_summarised_by_its_own_values() -> None:
    """Minimum and median are taken per row, and rows may differ in length."""
    assert [1.0, 4.0, 9.0] == minima(SAMPLE).tolist()
    assert [2.0, 4.5, 9.0] == medians(SAMPLE).tolist()


def test_summary_agrees_with_scipy() -> None:
    """Quartiles, median absolute deviation and spread are those that scipy finds in all values."""
    generator = np.random.default_rng(1)
    matrix = generator.lognormal(size=(7, 5))
    summary = summarise(matrix.tolist())

    first, median, third = stats.mstats.mquantiles(matrix.ravel(), [0.25, 0.5, 0.75], alphap=1, betap=1)
    assert (7, 35) == (summary.processes, summary.values)
    assert matrix.min() == summary.minimum
    assert [first, median, third] == pytest.approx([summary.first_quartile, summary.median, summary.third_quartile])
    assert stats.median_abs_deviation(matrix.ravel()) == pytest.approx(summary.mad)
    assert stats.iqr(matrix.ravel()) / median == pytest.approx(summary.relative_spread)


@pytest.mark.parametrize("bad", [[], [[]], [[1.0], []], [[0.0]], [[-1.0]], [[float("nan")]], [[float("inf")]]])
def test_what_cannot_be_a_time_is_refused(bad: list[list[float]]) -> None:
    """Empty samples, empty processes and times that are zero, negative or not finite raise an error."""
    with pytest.raises(BadSample):
        summarise(bad)
