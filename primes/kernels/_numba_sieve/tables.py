"""The tables of the compiled sieve: residues, steps from hit to hit, and the patterns of the smallest primes."""

from __future__ import annotations

from ctypes import c_int64, c_uint8
from functools import cache
from math import gcd, prod

from primes.kernels._compiled import sieve_layout as layout
from primes.kernels._compiled.sieve_layout import PATTERN_PIECE, RESIDUES, STEP_CARRY, STEP_DISTANCE
from primes.kernels._numba_sieve.tuning import PATTERNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ctypes import Array

_BITS = {residue: bit for bit, residue in enumerate(RESIDUES)}

# The bits that count in the first byte of a range that begins at a residue, and in the last one if it ends there.
HEADS = [sum(1 << bit for r, bit in _BITS.items() if r >= residue) for residue in range(30)]
TAILS = [sum(1 << bit for r, bit in _BITS.items() if r < (residue or 30)) for residue in range(30)]


@cache
def lookup() -> Array[c_int64]:
    """Return the lookup table, laid out as `sieve_layout` says."""
    wheel = [residue for residue in range(210) if gcd(residue, 210) == 1]
    tables = {
        layout.SMALL_RESIDUE: [*RESIDUES],
        layout.BIT: [_BITS.get(residue, 0) for residue in range(30)],
        layout.RESIDUE: [*wheel, 211],
        layout.INDEX: [wheel.index(residue) if residue in wheel else 0 for residue in range(210)],
        layout.NEXT: [sum(residue <= whole for residue in wheel) for whole in range(210)],
        layout.CLASS: [layout.STEPS + 48 * _BITS.get(residue, 0) for residue in range(30)],
        layout.STEPS: [step for b in RESIDUES for step in _steps(b, wheel)],
    }
    table = (c_int64 * (layout.STEPS + 8 * 48))()
    for start, values in tables.items():
        for place, value in enumerate(values, start):
            table[place] = value
    return table


def _steps(b: int, wheel: list[int]) -> list[int]:
    """Return the steps of the primes of residue ``b`` from one hit to the next."""
    return [
        _BITS[b * residue % 30]
        | following - residue << STEP_DISTANCE
        | b * following // 30 - b * residue // 30 << STEP_CARRY
        for residue, following in zip(wheel, (*wheel[1:], 211), strict=True)
    ]


@cache
def patterns() -> tuple[Array[c_uint8], Array[c_int64], Array[c_int64]]:
    """Return the patterns one behind the other, where each begins, and its period."""
    starts, periods, joined = [], [], bytearray()
    for primes in PATTERNS:
        pattern = _pattern(primes)
        starts.append(len(joined))
        periods.append(len(pattern))
        joined += (pattern * (1 + PATTERN_PIECE // len(pattern) + 1))[: len(pattern) + PATTERN_PIECE + 64]
    count = len(PATTERNS)
    return (c_uint8 * len(joined)).from_buffer(joined), (c_int64 * count)(*starts), (c_int64 * count)(*periods)


def _pattern(primes: tuple[int, ...]) -> bytes:
    """Return one period of sieved bytes that these primes alone have struck."""
    period = prod(primes)
    pattern = int.from_bytes(b"\xff" * period, "little")
    for prime in primes:
        single = bytearray([255]) * prime
        for residue, bit in _BITS.items():
            multiple = next(n for n in range(residue, 30 * prime, 30) if n % prime == 0)
            single[multiple // 30] &= ~(1 << bit) & 255
        pattern &= int.from_bytes(single * (period // prime), "little")
    return pattern.to_bytes(period, "little")
