"""Which cases never keep more than one CPU busy."""

from __future__ import annotations

import pytest

from bench.core import families


@pytest.mark.parametrize(
    ("member", "workers", "expected"),
    [
        ("serial", 1, True),
        ("thread-executor", 1, True),
        ("thread-executor", 2, False),
        ("pool", 1, False),  # its parent works beside it
        ("dask", 1, False),
    ],
)
def test_one_worker_inside_the_measuring_process_needs_one_cpu(member, workers, expected):
    """A worker that is a process of its own has a parent beside it that hands out and collects."""
    assert expected == families.load("backends").on_one_cpu(member, {"workers": workers})


def test_families_without_such_cases_say_so():
    """Two parties wait for each other on two CPUs."""
    assert not families.load("primitives").on_one_cpu("lock", {})
