"""What is made of sieved bytes: half-gaps between primes, and packed flags."""

from __future__ import annotations

from primes.kernels._compiled.memory import as_words, i64, inline, trailing_zeros, u8, u64
from primes.kernels._compiled.sieve_layout import RESIDUES

_RESIDUES_PACKED = sum(r << 8 * j for j, r in enumerate(RESIDUES))


def write_gaps(wheel, size, k, prime, gaps, at):
    """Append half the gaps between the primes of ``size`` sieved bytes from byte ``k`` on; return the last prime.

    ``prime`` is the one before; its gap goes to ``gaps[at]``.
    """
    words = as_words(wheel)
    for i in range(size >> 3):
        word = words[i]
        while word != u64(0):
            zeros = i64(trailing_zeros(word))
            following = 30 * (k + 8 * i + (zeros >> 3)) + _residue(zeros & 7)
            gaps[at] = u8((following - prime) >> 1)
            prime = following
            at += 1
            word &= word - u64(1)
    return prime


def write_flags(wheel, size, skip, flags, flags_size):
    """Write the packed flags of the numbers from ``skip`` on, counted from the first sieved byte's 30 k.

    4 sieved bytes are 120 numbers, or 15 bytes of flags. ``flags`` takes ``flags_size`` bytes; bits behind the last
    sieved byte are written as zero.
    """
    held, bits, source = u64(0), -skip, 0
    for i in range(flags_size):
        while bits < 8:
            word = _spread(i64(wheel[source])) if source < size else u64(0)
            source += 1
            if bits >= 0:
                held |= word << u64(bits)
            elif bits > -30:
                held |= word >> u64(-bits)
            bits += 30
        flags[i] = u8(held & u64(255))
        held >>= u64(8)
        bits -= 8


@inline
def _residue(j):
    return (_RESIDUES_PACKED >> (8 * j)) & 255


@inline
def _spread(byte):
    """Return the 30 bits that the bits of one sieved byte stand for."""
    return u64(
        (byte & 1) << 1 | (byte & 2) << 6 | (byte & 4) << 9 | (byte & 8) << 10
        | (byte & 16) << 13 | (byte & 32) << 14 | (byte & 64) << 17 | (byte & 128) << 22
    )  # fmt: skip
