"""A numpy array of uint64, for ``numpy.load``; it can be mapped into memory.

Source: numpy documentation, numpy.lib.format, version 1.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.search.numbers import Numbers

_MAGIC = b"\x93NUMPY\x01\x00"
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


def first(data: bytes) -> int:
    """Return the number that a body beginning with ``data`` begins with."""
    return int.from_bytes(data[:8], "little")


def last(data: bytes, body_bytes: int) -> tuple[int | None, int]:
    """Return the last whole number of a body that ends in ``data``, or None, and how many bytes follow it."""
    rest = body_bytes % 8
    end = len(data) - rest
    return int.from_bytes(data[end - 8 : end], "little") if body_bytes >= 8 else None, rest


def count(data: bytes) -> int:
    """Return how many numbers this part of the body holds."""
    return len(data) // 8
