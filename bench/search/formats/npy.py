"""A numpy array of uint64, for ``numpy.load``; it can be mapped into memory.

Source: numpy documentation, numpy.lib.format, version 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.search.numbers import BLOCK_BYTES

if TYPE_CHECKING:
    from bench.search.numbers import Numbers

_MAGIC = b"\x93NUMPY\x01\x00"
GRAIN_BYTES = _NUMBER_BYTES = 8
_HEAD_BYTES = 128  # a multiple of 64, with room for any count


def head(count: int) -> bytes:
    """Return the header of an array of ``count`` numbers; it is as long for every count."""
    text = f"{{'descr': '<u8', 'fortran_order': False, 'shape': ({count},), }}".encode()
    size = _HEAD_BYTES - len(_MAGIC) - 2
    return _MAGIC + size.to_bytes(2, "little") + text.ljust(size - 1) + b"\n"


def is_head(data: bytes) -> bool:
    """Say whether a file of this format, perhaps cut short, can begin so."""
    return head(0).partition(b"(")[0].startswith(data.partition(b"(")[0])


def encode(primes: Numbers) -> bytes:
    """Return the numbers, eight bytes each, least significant first."""
    return primes.astype("<u8", copy=False).tobytes()


def whole(data: bytes) -> int:
    """Return how many bytes of this part of the body are whole numbers."""
    return len(data) // _NUMBER_BYTES * _NUMBER_BYTES


def skip(data: bytes) -> int:
    """Return how many bytes precede the second number of this part of the body, which begins with a whole one."""
    return _NUMBER_BYTES


def check_rest(data: bytes) -> None:
    """Accept any bytes: the beginning of a number can be anything."""


def check_claim(found: bytes, count: int) -> None:
    """Raise ValueError when the header claims another number of numbers than there are.

    It is written after each block of numbers, so that it may lack those of the last one.
    """
    words = found.partition(b"(")[2].partition(b",")[0]
    claimed = int(words) if words.isdigit() else -1
    if claimed < 0 or head(claimed) != found:
        raise ValueError("its header is damaged")
    if not claimed <= count <= claimed + 8 * BLOCK_BYTES:
        raise ValueError(f"its header claims {claimed} numbers, and {count} are there")


def numbers(data: bytes) -> Numbers:
    """Return the numbers of this part of the body."""
    return np.frombuffer(data, "<u8").astype(np.uint64, copy=False)
