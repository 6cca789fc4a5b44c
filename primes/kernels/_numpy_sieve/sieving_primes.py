"""The sieving primes of numpy-sieve: made once per process, extended when a larger root asks for more."""

from __future__ import annotations

from math import isqrt
from threading import Lock

import numpy as np

from primes.kernels._numpy_sieve.sieve import Sieve
from primes.kernels._numpy_sieve.strikers import position
from primes.kernels._numpy_sieve.wheel import wheel_to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST_LIMIT = 1 << 16
_PIECE = 1 << 26  # numbers sieved at once

_lock = Lock()
_limits: list[int] = []
_known: list[NDArray[np.uint32]] = []  # the longest table of sieving primes made so far


def primes_to(root: int) -> NDArray[np.uint32]:
    """Return the primes up to ``root``, and perhaps more. They are made once and kept: 203 MB for all up to 1e9."""
    with _lock:
        if not _known:
            _known.append(_first())
            _limits.append(_FIRST_LIMIT)
        if _limits[0] <= root:
            known, limit = _known[0], _limits[0]
            top = min(max(root + 1, 2 * limit), 1 << 32)
            pieces = [_between(start, min(start + _PIECE, top), known) for start in range(limit, top, _PIECE)]
            _known[0], _limits[0] = np.concatenate([known, *pieces]), top
        return _known[0]


def _first() -> NDArray[np.uint32]:
    """Return the primes below `_FIRST_LIMIT`."""
    marks = np.ones(_FIRST_LIMIT, np.bool_)
    marks[:2] = False
    for n in range(2, isqrt(_FIRST_LIMIT)):
        if marks[n]:
            marks[n * n :: n] = False
    return np.flatnonzero(marks).astype(np.uint32)


def _between(start: int, stop: int, known: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the primes of ``[start, stop)``; all up to the root of ``stop`` are known."""
    wheel = wheel_to(0)
    first = start // wheel.modulus
    size = -(-stop // wheel.modulus) - first
    wide = np.zeros((size, wheel.modulus), np.bool_)
    planes = Sieve(first, size, known[: position(known, isqrt(stop))], wheel).planes(first, size)
    for plane, residue in zip(planes, wheel.residues, strict=True):
        wide[:, residue] = np.unpackbits(plane, bitorder="little", count=size)
    numbers = wide.reshape(-1)[start - wheel.modulus * first : stop - wheel.modulus * first]
    return (np.flatnonzero(numbers) + start).astype(np.uint32)
