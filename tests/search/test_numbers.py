"""From flags to numbers, distances and lines."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.search.formats import _lines
from bench.search.numbers import BLOCK_BYTES, Gaps, blocks
from primes import flags as packed

# The first primes: OEIS A000040.
FIRST = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.sampled_from([0, 1, 10**9, 2**63, 2**64 - 200]))
def test_blocks_give_the_marked_numbers(marks, lo):
    """Every marked number, and no other, comes out in ascending order, up to the edge of 64 bits."""
    expected = [lo + offset for offset, mark in enumerate(marks) if mark]
    found = [(primes.tolist(), to) for primes, to in blocks(packed.pack(marks), lo, lo + len(marks))]
    assert [expected] == [primes for primes, _ in found]
    assert lo + len(marks) == found[-1][1]


def test_blocks_are_complete_up_to_what_they_say():
    """Each block ends where the next begins, so that an output is complete after every one."""
    flags = bytes([0b10]) * (2 * BLOCK_BYTES + 3)
    hi = 100 + 8 * len(flags) - 5
    found = list(blocks(flags, 100, hi))
    assert [100 + 8 * BLOCK_BYTES, 100 + 16 * BLOCK_BYTES, hi] == [to for _, to in found]
    assert list(range(101, hi, 8)) == [number for primes, _ in found for number in primes.tolist()]


@given(
    st.lists(
        st.one_of(
            st.integers(0, 2**64 - 1),
            st.integers(0, 19).flatmap(lambda power: st.integers(max(0, 10**power - 3), 10**power + 3)),
        ),
        max_size=40,
        unique=True,
    )
)
def test_lines_are_what_str_makes_of_the_numbers(numbers):
    """The table of digits writes every number as Python does, of any length and across powers of ten."""
    ascending = sorted(numbers)
    assert "".join(f"{number}\n" for number in ascending).encode() == _lines.encode(np.array(ascending, np.uint64))


@pytest.mark.parametrize("sizes", [(25,), (1,) * 25, (0, 3, 0, 22)])
def test_gaps_do_not_depend_on_where_blocks_end(sizes):
    """The distances between the primes below 100 are counted alike however they are cut into blocks."""
    gaps, rest = Gaps(), list(FIRST)
    for size in sizes:
        gaps.add(np.array(rest[:size], np.uint64))
        del rest[:size]
    assert dict(sorted(Counter(after - before for before, after in pairwise(FIRST)).items())) == gaps.counts
    assert (8, 89) == (gaps.longest, gaps.longest_after)  # OEIS A002386: the first gap of 8 follows 89
