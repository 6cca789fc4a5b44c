"""The least value and the median of each process of a sample."""

from __future__ import annotations

import pytest

from bench.analysis.errors import BadSample
from bench.analysis.summary import medians, minima, rows_of

SAMPLE = [[3.0, 1.0, 2.0], [5.0, 4.0], [9.0]]


def test_each_process_is_summarised_by_its_own_values() -> None:
    """Minimum and median are taken per row, and rows may differ in length."""
    assert [1.0, 4.0, 9.0] == minima(SAMPLE).tolist()
    assert [2.0, 4.5, 9.0] == medians(SAMPLE).tolist()


@pytest.mark.parametrize("bad", [[], [[]], [[1.0], []], [[0.0]], [[-1.0]], [[float("nan")]], [[float("inf")]]])
def test_what_cannot_be_a_time_is_refused(bad: list[list[float]]) -> None:
    """Empty samples, empty processes and times that are zero, negative or not finite raise an error."""
    with pytest.raises(BadSample):
        rows_of(bad)
