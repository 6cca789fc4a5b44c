"""What a look at the file that is to be resumed notices."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest

from bench.core.errors import UsageError
from bench.search.output import open_file
from tests.support import edits

# All from The Prime Pages: the 9,592nd prime is the last one below 1e5; 59 and 83 less than 2**64 are the last two.
LAST = (2**64 - 83, 2**64 - 59)


def look(path, lo, hi):
    """Return how many primes the file holds; UsageError where it cannot be right."""
    output = open_file(path, lo, hi, resume=True)
    os.close(output.descriptor)
    return output.count


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The primes below 1e5 as text, found by trial division with numpy."""
    numbers = np.arange(2, 10**5)
    for divisor in range(2, 317):
        numbers = numbers[(numbers % divisor != 0) | (numbers == divisor)]
    path = tmp_path_factory.mktemp("small") / "primes.txt"
    path.write_text("".join(f"{number}\n" for number in numbers))
    return path


def edited(path, tmp_path, before, after):
    """Return a copy of the file in which one line is another."""
    text = f"\n{path.read_text()}"
    assert 1 == text.count(f"\n{before}\n")
    copy = tmp_path / path.name
    copy.write_text(text.replace(f"\n{before}\n", f"\n{after}")[1:])
    return copy


def test_what_is_right_is_taken(small):
    """All 9,592 primes below 100,000 (OEIS A006880)."""
    assert 9592 == look(small, 0, 10**9)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("10007", "10O07\n", "the line '10O07' cannot stand there"),
        ("99991", "099991\n", "the line '099991' cannot stand there"),
        ("10009", "1009\n", "the line '1009' cannot stand there"),
        ("10007", "\n", "the line '' cannot stand there"),
        ("99991", "99991 \n", "the line '99991 ' cannot stand there"),
        ("10007", "10007\r\n", "cannot stand there"),
        ("10007", "10006\n", "its number 1230 is 10006, which is no prime"),
        ("10007", "9999x\n", "the line '9999x' cannot stand there"),
        ("10007", "10009\n", "its number 1231 is 10009, which cannot follow 10009"),
        ("10007", "19007\n", "cannot follow"),
        ("9973", "", "it holds 1228 numbers below 10000, and published tables 1229 primes"),
        ("97", "97\n91\n", "its number 26 is 91, which cannot follow 97"),
    ],
)
def test_what_is_wrong_in_the_middle_is_named(small, tmp_path, before, after, says):
    """Another character, another length, a number too much, too few, out of order or composite."""
    with pytest.raises(UsageError, match=says):
        look(edited(small, tmp_path, before, after), 0, 10**9)


@pytest.mark.parametrize(("begun", "lo", "right"), [("10", 10**8, True), ("42", 0, False), ("1", 24, False)])
def test_a_first_number_that_was_cut_short_is_the_first(tmp_path, begun, lo, right):
    """A note of two digits is no beginning of the primes, and of a range without primes nothing is."""
    path = tmp_path / "primes.txt"
    path.write_text(begun)
    if right:
        assert 0 == look(path, lo, lo + 100)
        return
    with pytest.raises(UsageError, match="is not how its first number begins"):
        look(path, lo, lo + 5)


def test_number_in_a_range_without_primes(tmp_path):
    """The message names no prime that is not there."""
    path = tmp_path / "primes.txt"
    path.write_text("29\n")
    with pytest.raises(UsageError, match="begins with 29, and the range holds no prime"):
        look(path, 24, 28)


def test_numbers_up_to_the_last_below_two_to_the_64(tmp_path):
    """Twenty digits are read exactly, and more than 64 bits are none."""
    path = tmp_path / "primes.txt"
    path.write_text("".join(f"{prime}\n" for prime in LAST))
    assert 2 == look(path, LAST[0], 2**64)
    for wrong in (2**64 - 59 + 2**64, 2**64, 2**64 + 1, 10**20):
        path.write_text(f"{LAST[0]}\n{wrong}\n")
        with pytest.raises(UsageError, match="cannot stand there"):
            look(path, LAST[0], 2**64)


def test_parts_are_read_as_one_file(tmp_path, monkeypatch, small):
    """A line that lies across the border between two reads is one line, wherever the border lies."""
    for size in (7, 11, 13, 64):
        monkeypatch.setattr("bench.search.resuming._READ_BYTES", size)
        path = tmp_path / "primes.txt"
        path.write_bytes(small.read_bytes()[: 10 * size + 3])
        assert path.read_bytes().count(b"\n") == look(path, 0, 10**9)


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
@pytest.mark.parametrize("lo", [0, 10**12])
def test_edits_of_one_byte_are_noticed(tmp_path, form, lo):
    """At most 2 of 100 random edits are missed by the look (the audit: 1 of 1,000), and none by searching again."""
    case = edits.output(tmp_path / f"primes.{form}", lo, 500)
    rng = random.Random(f"{form}:{lo}")
    found = [edits.noticed(case, *edits.other_byte(case, rng)) for _ in range(100)]
    assert 98 <= sum(look for look, _ in found)
    assert all(look or again for look, again in found)
