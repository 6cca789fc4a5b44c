"""Holm's adjustment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import holm
from bench.analysis.errors import BadSample


def test_values_of_r() -> None:
    """The example of R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") is 0.05, 0.08, 0.09, 0.09, 0.09."""
    assert [0.05, 0.08, 0.09, 0.09, 0.09] == pytest.approx(holm.adjust([0.01, 0.02, 0.03, 0.04, 0.05]))
    assert [0.09, 0.05, 0.09, 0.08, 0.09] == pytest.approx(holm.adjust([0.05, 0.01, 0.03, 0.02, 0.04]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.5))
def test_rejections_are_those_of_the_step_down_procedure(p_values: list[float], alpha: float) -> None:
    """Adjusted values at most alpha are exactly what Holm's sequential procedure rejects."""
    adjusted = holm.adjust(p_values)
    rejected = set()
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] * (len(p_values) - step) > alpha:
            break
        rejected.add(index)
    assert rejected == {i for i, p in enumerate(adjusted) if p <= alpha}
    assert all(0 <= raw <= p <= 1 for raw, p in zip(p_values, adjusted, strict=True))


def test_no_values_give_none() -> None:
    """An empty family has no adjusted values."""
    assert [] == holm.adjust([])


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(bad: float) -> None:
    """A value outside 0 to 1 raises an error."""
    with pytest.raises(BadSample):
        holm.adjust([0.5, bad])
