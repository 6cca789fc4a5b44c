"""Numbers in decimal, one per line."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bench.search.numbers import same_leading_digits

if TYPE_CHECKING:
    from bench.search.numbers import Numbers

_MOST_DIGITS = 20  # of a number below 2**64


def encode(primes: Numbers) -> bytes:
    """Return the lines of ascending numbers.

    The last eight digits are looked up, four at a time, in a table of all four-digit texts; those before them are the
    same for all numbers of a piece. That takes 20 ns a number, where formatting each takes 300.
    """
    return b"".join(map(_piece, same_leading_digits(primes)))


def _piece(primes: Numbers) -> bytes:
    leading = int(primes[0]) // 10**8
    rest = (primes - np.uint64(leading * 10**8)).astype(np.uint32)
    upper = rest // np.uint32(10**4)
    lower = rest - upper * np.uint32(10**4)
    prefix = str(leading).encode() if leading else b""
    fields = [("upper", np.uint32), ("lower", np.uint32), ("end", np.uint8)]
    lines = np.empty(len(primes), np.dtype([("prefix", f"S{len(prefix)}"), *fields] if prefix else fields))
    if prefix:
        lines["prefix"] = prefix
    lines["upper"], lines["lower"], lines["end"] = _four_digits()[upper], _four_digits()[lower], ord("\n")
    if prefix:
        return lines.tobytes()
    digits = len(str(int(primes[0])))  # of all of them
    return lines.view(np.uint8).reshape(-1, 9)[:, 8 - digits :].tobytes()


@cache
def _four_digits() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Return the texts 0000 to 9999, each as the uint32 with these bytes in memory."""
    return np.frombuffer(b"".join(b"%04d" % number for number in range(10**4)), np.uint32)


def first(data: bytes) -> int:
    """Return the number that a body beginning with ``data`` begins with; ValueError when there is none."""
    return _number(data.partition(b"\n")[0])


def last(data: bytes, body_bytes: int) -> tuple[int | None, int]:
    """Return the last whole number of a body that ends in ``data``, or None, and how many bytes follow it.

    Raises ValueError when something other than a number stands there.
    """
    *lines, rest = data.split(b"\n")
    if rest:
        _number(rest)
    return _number(lines[-1]) if lines else None, len(rest)


def _number(line: bytes) -> int:
    if not line.isdigit() or len(line) > _MOST_DIGITS:
        raise ValueError(f"the line {line[:40].decode(errors='replace')!r} holds no number")
    return int(line)


def count(data: bytes) -> int:
    """Return how many lines end in this part of the body."""
    return data.count(b"\n")
