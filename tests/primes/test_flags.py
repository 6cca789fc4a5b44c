"""Packed flags: one bit per number, least significant first."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from primes import flags


def test_the_documented_bit_belongs_to_each_number() -> None:
    """For the numbers 0..9 the primes 2, 3, 5 and 7 are bits 2, 3, 5 and 7 of byte 0, worked out by hand."""
    marks = [0, 0, 1, 1, 0, 1, 0, 1, 0, 0]
    assert flags.pack(marks) == bytes([0b10101100, 0])


@pytest.mark.parametrize("at", range(20))
def test_a_single_mark_sets_a_single_bit(at: int) -> None:
    """Number ``at`` of 20 is bit at % 8 of byte at // 8, and every other bit is zero."""
    want = bytearray(3)
    want[at // 8] = 1 << at % 8
    assert flags.pack(i == at for i in range(20)) == bytes(want)


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 64, 1001])
def test_packing_needs_one_bit_per_number(size: int) -> None:
    """A range of n numbers takes ceil(n / 8) bytes; bits behind the end stay zero, even if all are marked."""
    packed = flags.pack([True] * size)
    assert len(packed) == -(-size // 8)
    assert sum(byte.bit_count() for byte in packed) == size


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 17, 1001])
def test_unpacking_inverts_packing(size: int) -> None:
    """Marks survive the journey, leading and trailing zeros included."""
    marks = bytes(random.Random(size).choices((0, 1), k=size))
    assert flags.unpack(flags.pack(marks), size) == marks
    assert flags.unpack(flags.pack(bytes(size)), size) == bytes(size)


def test_any_byte_but_zero_is_a_mark() -> None:
    """A kernel may mark with 1, True or 255."""
    assert flags.pack([0, 1, True, 255, 2]) == bytes([0b11110])


@pytest.mark.parametrize(("packed", "marked"), [(b"", 0), (b"\0\0", 0), (b"\xff", 8), (b"\x01\x80\x10", 3)])
def test_count_is_the_number_of_set_bits(packed: bytes, marked: int) -> None:
    """Counted by hand."""
    assert flags.count(packed) == marked


def test_joining_pieces_equals_packing_the_whole() -> None:
    """Pieces of uneven sizes, an empty one among them, become the flags of their union."""
    marks = bytes(random.Random(1).choices((0, 1), k=100))
    cuts = [0, 3, 3, 8, 29, 64, 100]
    parts = [(flags.pack(marks[a:b]), b - a) for a, b in pairwise(cuts)]
    assert flags.join(parts) == flags.pack(marks)


def test_primes_are_the_marked_numbers() -> None:
    """The bits of the range from 10 on name 11, 13, 17, 19 and 23 in order."""
    assert list(flags.primes(flags.pack(n in {11, 13, 17, 19, 23} for n in range(10, 27)), 10)) == [11, 13, 17, 19, 23]
    assert list(flags.primes(b"", 10)) == []
