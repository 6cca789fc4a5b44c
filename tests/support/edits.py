"""Outputs of a search with one byte edited, and who notices."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.core.errors import UsageError
from bench.search.output import Comparison, open_file
from primes.kernels.baillie_psw import is_prime

if TYPE_CHECKING:
    import random
    from pathlib import Path


class Case(NamedTuple):
    """The output of a search, as it should be."""

    path: Path
    lo: int
    hi: int
    primes: np.ndarray
    data: bytes


def output(path: Path, lo: int, count: int) -> Case:
    """Write so many primes from ``lo`` on, which another kernel than those that sieve has found."""
    primes = []
    number = lo
    while len(primes) < count:
        if is_prime(number):
            primes.append(number)
        number += 1
    hi = number + 1000  # the search was to go on
    numbers = np.array(primes, np.uint64)
    written = open_file(path, lo, hi, resume=False)
    written.begin()
    written.write(numbers, number)
    written.close()
    return Case(path, lo, hi, numbers, path.read_bytes())


def other_byte(case: Case, rng: random.Random) -> tuple[int, int]:
    """Return a random place and a random other byte for it."""
    at = rng.randrange(len(case.data))
    return at, rng.choice([byte for byte in range(256) if byte != case.data[at]])


def digit(case: Case, rng: random.Random) -> tuple[int, int]:
    """Return the place of a random digit and a random other digit for it; in an array, any place and byte."""
    if case.path.suffix == ".npy":
        return other_byte(case, rng)
    while True:
        at = rng.randrange(len(case.data))
        if case.data[at] in b"0123456789":
            return at, rng.choice([byte for byte in b"0123456789" if byte != case.data[at]])


def noticed(case: Case, at: int, byte: int) -> tuple[bool, bool]:
    """Return whether a resumed search notices the edit by its look at the file, and whether by searching again."""
    with case.path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([byte]))
    try:
        try:
            resumed = open_file(case.path, case.lo, case.hi, resume=True)
        except UsageError:
            return True, False
        try:
            Comparison(resumed).write(case.primes[: resumed.count], resumed.complete_to)
            resumed.begin()
        except UsageError:
            return False, True
        finally:
            os.close(resumed.descriptor)
        # Nothing wrong is left: the edited end was cut off, to be searched again, or the edited head was written anew.
        return False, case.data.startswith(case.path.read_bytes())
    finally:
        case.path.write_bytes(case.data)
