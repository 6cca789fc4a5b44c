"""Chunks of a range are a real sequence: length, index, slice."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primes.workload import Chunks


@given(st.integers(0, 50), st.integers(0, 60), st.integers(1, 9), st.slices(70))
def test_a_slice_holds_what_the_slice_of_a_list_holds(lo, width, size, part):
    """Any slice, of any chunks, is the same as that of the list of all chunks."""
    chunks = Chunks(lo, lo + width, size)
    assert [*chunks][part] == [*chunks[part]]


def test_neighbours_stay_chunks():
    """A slice of neighbours is again computed and not stored: it pickles to a few bytes."""
    part = Chunks(0, 10**12, 10)[10 : 10**10]
    assert 10**10 - 10 == len(part)
    assert 200 > len(pickle.dumps(part))
    assert [(100, 110), (110, 120)] == [*part[:2]]


@pytest.mark.parametrize(("index", "chunk"), [(0, (2, 5)), (2, (8, 10)), (-1, (8, 10)), (-3, (2, 5))])
def test_an_index_counts_from_either_end(index, chunk):
    """2 to 10 in threes is 2-5, 5-8, 8-10."""
    assert chunk == Chunks(2, 10, 3)[index]


@pytest.mark.parametrize("index", [3, -4])
def test_an_index_outside_is_refused(index):
    """Three chunks have no fourth."""
    with pytest.raises(IndexError):
        Chunks(2, 10, 3)[index]
