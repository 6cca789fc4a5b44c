"""Jain's index of fairness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.fairness import jain

shares = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("given_shares", "index"),
    [
        ([20.0] * 5, 1.0),
        ([100.0, 0.0, 0.0, 0.0], 0.25),
        ([20.0] * 2 + [0.0] * 8, 0.2),
        ([1.0, 2.0], 0.9),
        ([7.0], 1.0),
        ([0.0, 0.0], 1.0),
    ],
)
def test_the_index_is_that_of_the_report(given_shares: list[float], index: float) -> None:
    """TR-301: k of n users who share equally give k/n; 1 and 2 give (1+2)^2 / (2 (1+4)) = 0.9."""
    assert index == pytest.approx(jain(given_shares))


@given(shares, st.floats(1e-6, 1e6))
def test_the_index_has_no_unit(given_shares: list[float], factor: float) -> None:
    """Shares in another unit are as fair as before, and the index lies between 1/n and 1 (TR-301, section 3)."""
    index = jain(given_shares)
    assert index == pytest.approx(jain([share * factor for share in given_shares]))
    assert 1 / len(given_shares) - 1e-9 <= index <= 1 + 1e-9


@pytest.mark.parametrize("given_shares", [[], [1.0, -1.0]])
def test_what_is_no_share_is_refused(given_shares: list[float]) -> None:
    """No shares, or one below zero, have no fairness."""
    with pytest.raises(ValueError, match="have no fairness"):
        jain(given_shares)
