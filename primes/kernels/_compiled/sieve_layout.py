"""What the compiled sieve is called with: a plan, and the lookup table that the plan points to.

Both halves of numba-sieve read this one definition: the caller fills it in, without numba, and the compiled functions
take their offsets and types from it. Positions are bytes on the wheel of 30: bit j of byte k stands for the number
30 k + RESIDUES[j].
"""

from __future__ import annotations

from ctypes import POINTER, Structure, c_int32, c_int64, c_uint8, c_uint32

RESIDUES = (1, 7, 11, 13, 17, 19, 23, 29)
CLASSES = 24  # striding primes stand in three levels of eight residue classes; those of the patterns come behind
BATCH = 512  # primes whose first hits are found at once: 12 kB of the level-1 cache
PATTERN_PIECE = 4096  # bytes filled from each pattern at a time; a pattern is that much longer than its period

# Where the tables begin in the lookup table. For striding: 8 residues modulo 30; residue -> its bit. For hits, on the
# wheel of 210: its 48 residues and 211; residue -> its index; floor(30 v / p) -> index of the next residue;
# p modulo 30 -> where the 48 steps of its class begin; the steps of 8 classes.
SMALL_RESIDUE = 0
BIT = SMALL_RESIDUE + 8
RESIDUE = BIT + 30
INDEX = RESIDUE + 49
NEXT = INDEX + 210
CLASS = NEXT + 210
STEPS = CLASS + 30

# A step: bit | distance to the next residue << 3 | carry << 7.
STEP_DISTANCE, STEP_CARRY = 3, 7


class Striding(Structure):
    """The primes that strike whole periods, and where each of them stands."""

    __slots__ = ()
    _fields_ = (
        ("primes", POINTER(c_int32)),
        ("at", POINTER(c_int32)),  # where a prime's next period begins, from the begin of the segment
        ("periods", POINTER(c_int32)),  # how many whole periods lie in a block of the prime's level
        ("first", POINTER(c_int64)),  # of each class: its first prime,
        ("last", POINTER(c_int64)),  # the first one that is not yet needed,
        ("stop", POINTER(c_int64)),  # and the first of the next class
        ("limit", c_int64),  # no prime that strikes is larger, those of the patterns included
    )


class Buckets(Structure):
    """Hits of larger primes, sorted by segment for a window of many segments."""

    __slots__ = ()
    _fields_ = (
        ("hits", POINTER(c_uint32)),  # byte in the segment << 3 | bit
        ("filled", POINTER(c_int64)),  # hits of each segment
        ("capacity", c_int64),  # hits that a segment has room for
        ("window", c_int64),  # bytes
        ("gap", c_int64),  # where the gap behind the prime ``before`` stands
        ("before", c_int64),  # the primes are those after this one
        ("last", c_int64),  # up to this one; 0 for none at all
    )


class Plan(Structure):
    """One call of the compiled sieve."""

    __slots__ = ()
    _fields_ = (
        ("k_begin", c_int64),  # the bytes to sieve
        ("k_end", c_int64),
        ("head", c_int64),  # masks of the bits that count in the first and in the last byte
        ("tail", c_int64),
        ("root", c_int64),  # no prime above it is needed
        ("shift", c_int64),  # a segment is 2**shift bytes
        ("small_block", c_int64),  # bytes that the primes of the first level strike at a time,
        ("medium_block", c_int64),  # and of the second; those of the third strike a whole segment
        ("pad_size", c_int64),  # bytes; the longest period and more
        ("segment", POINTER(c_uint8)),  # at a multiple of 64; the pad lies behind it
        ("lookup", POINTER(c_int64)),
        ("patterns", POINTER(c_uint8)),
        ("pattern_starts", POINTER(c_int64)),
        ("pattern_periods", POINTER(c_int64)),
        ("striding", Striding),
        ("gaps", POINTER(c_uint8)),  # half the distances between the primes that are sorted
        ("near", Buckets),
        ("far", Buckets),
        ("batch", POINTER(c_int64)),  # room for 3 BATCH numbers
        ("copy", c_int64),  # whether the sieved bytes are also written
        ("out", POINTER(c_uint8)),  # to here
    )
