"""How far an interrupted output is complete, told by the file itself: no second file can be lost or contradict it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from primes.kernels.baillie_psw import is_prime

if TYPE_CHECKING:
    from collections.abc import Iterator

_EDGE_BYTES = 64  # read at each end: room for three numbers below 2**64, written in any way
_READ_BYTES = 1 << 22  # read at a time to count; a multiple of 8


def examine(descriptor: int, form: Any, lo: int, hi: int) -> tuple[int, int, int] | None:
    """Return (bytes that are complete, primes in them, the number before which they are all); None without a prime.

    A process that is killed may leave a number cut short at the end of what it wrote, and nothing worse: numbers are
    written in ascending order and never changed.

    Raises:
        ValueError: the file does not hold the beginning of the primes of ``[lo, hi)`` in the format ``form``.
    """
    size, start = os.fstat(descriptor).st_size, len(form.head(0))
    if not form.is_head(os.pread(descriptor, start, 0)):
        raise ValueError("its first bytes are others")
    body = max(0, size - start)
    last, rest = form.last(os.pread(descriptor, min(_EDGE_BYTES, body), size - min(_EDGE_BYTES, body)), body)
    if last is None:
        return None
    first, expected = form.first(os.pread(descriptor, _EDGE_BYTES, start)), _prime_from(lo)
    if first != expected:
        raise ValueError(f"it begins with {first}, and the range with {expected}")
    if not first <= last < hi or not is_prime(last):
        raise ValueError(f"it ends with {last}, which is no prime below {hi}")
    end = size - rest
    return end, sum(map(form.count, _parts(descriptor, start, end))), last + 1


def _prime_from(lo: int) -> int:
    number = lo
    while not is_prime(number):
        number += 1
    return number


def _parts(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, _READ_BYTES):
        yield os.pread(descriptor, min(_READ_BYTES, end - at), at)
