"""What sides are called."""

from __future__ import annotations

import pytest

from bench.core.side import slow_name, slowed_by


@pytest.mark.parametrize(
    ("name", "percent"), [(slow_name(2.5), 2.5), ("slow-5", 5.0), ("base", None), ("slow", None), ("slow-x", None)]
)
def test_a_slowed_side_tells_its_percentage_in_its_name(name, percent):
    """The name is a number behind a word; other names, also of an edited record, are of no slowed side."""
    assert slowed_by(name) == percent
