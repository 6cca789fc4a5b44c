"""Looking numbers up in the files of shards."""

from __future__ import annotations

import numpy as np
import pytest

from bench.search import stretches
from bench.search.output import open_file

# Primes on both sides of a power of ten: OEIS A000040.
PRIMES = (83, 89, 97, 101, 103, 107, 109, 113, 127, 131)


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_any_stretch_is_found(tmp_path, form):
    """Whatever its ends are, in front of, between or behind the numbers of the file, what lies between them is read."""
    path = tmp_path / f"primes.{form}"
    output = open_file(path, 80, 140, resume=False)
    output.begin()
    output.write(np.array(PRIMES, np.uint64), 140)
    output.close()
    for lo in range(80, 140):
        for hi in range(lo, 140, 3):
            expected = [prime for prime in PRIMES if lo <= prime < hi]
            assert expected == stretches.primes(path, lo, hi).tolist()


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_a_file_without_numbers(tmp_path, form):
    """A shard in whose range no prime lies has none to show."""
    path = tmp_path / f"primes.{form}"
    output = open_file(path, 24, 29, resume=False)
    output.begin()
    output.close()
    assert [] == stretches.primes(path, 24, 29).tolist()
