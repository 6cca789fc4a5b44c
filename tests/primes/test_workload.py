"""Cutting a range into pieces."""

from __future__ import annotations

import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primes.workload import Pieces

SIZES = st.lists(st.integers(1, 10**12), min_size=1, max_size=40)


@given(st.integers(0, 2**64), SIZES)
def test_pieces_cover_their_range(lo, sizes):
    """Each piece begins where the one before ends, has the size that was asked for, and none is missing."""
    pieces = Pieces.of(lo, sizes)
    found = list(pieces)
    assert sizes == [hi - low for low, hi in found]
    assert all(left[1] == right[0] for left, right in pairwise(found))
    assert (lo, lo + sum(sizes)) == (pieces.lo, pieces.hi) == (found[0][0], found[-1][1])
    assert found == [pieces[index] for index in range(len(pieces))]


def test_pieces_travel():
    """What a worker unpickles has the same pieces; 60 of them take less than a kilobyte."""
    pieces = Pieces.of(10**18, [10**9] * 60)
    sent = pickle.dumps(pieces)
    assert list(pieces) == list(pickle.loads(sent))
    assert len(sent) < 1000


@pytest.mark.parametrize("index", [-1, 2])
def test_there_is_no_piece_outside(index):
    """Neither before the first nor behind the last."""
    with pytest.raises(IndexError):
        Pieces.of(0, [10, 10])[index]
