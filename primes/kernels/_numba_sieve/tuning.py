"""Sizes and limits of numba-sieve that were found by trying their neighbours."""

from __future__ import annotations

# The evidence for each figure is from one core and 1e9 numbers, all else as it stands here: either CPU seconds on an
# Intel Xeon (Sapphire Rapids; 48 KiB L1d, 2 MiB L2), best of several, or, with an x, times as fast as primesieve 12.16
# on an AMD EPYC (32 KiB L1d, 1 MiB L2), median of five rounds.

# Bytes that small primes strike at a time; they and the primes have to fit the level-1 cache. From 1e9 on:
# 16 KiB 0.087 and 1.25 x, 32 KiB 0.080 and 1.36 x. A power of two, as all sizes here.
SMALL_BLOCK = 1 << 15
# The same for the next larger primes, for which a small block would be too few periods. 64 KiB 0.080, 128 KiB 0.085;
# 1.36 x with both.
MEDIUM_BLOCK = 1 << 16
# The largest primes of both levels. SMALL_LIMIT 8192 0.0799, 16384 0.0797, 32768 0.0825. MEDIUM_LIMIT from 1e12 on:
# 65536 0.175, 131072 0.178.
SMALL_LIMIT, MEDIUM_LIMIT = 1 << 14, 1 << 16
# The largest prime that strikes whole periods; beyond it, hits are sorted into buckets. From 1e15 on: 2**19 0.434 and
# 0.76 x, 2**20 0.420 and 0.85 x, 2**21 0.421 and 0.91 x, 2**22 0.89 x.
STRIDE_LIMIT = 1 << 21
# log2 of the bytes of a segment, which stays in the level-2 cache. From 1e12 on: 19 0.178, 20 0.175, 21 0.187.
SEGMENT_SHIFT = 20
# Primes up to NEAR_LIMIT are sorted for NEAR_SEGMENTS segments at a time, larger ones, which hit more seldom, for
# FAR_SEGMENTS. Longer windows visit each prime less often, but their buckets leave the caches. From 1e15 on, with limit
# and segments: 2**23, 8 0.90 x; 2**24, 4 0.80 x; 2**24, 8 0.91 x; 2**24, 16 0.89 x; 2**24, 32 0.84 x; 2**25, 8 0.86 x.
NEAR_LIMIT = 1 << 24
NEAR_SEGMENTS, FAR_SEGMENTS = 8, 32

# Sixteen patterns of two or three primes each, with products so alike that all periods stay short.
PATTERNS = (
    (7, 23, 37), (11, 19, 31), (13, 17, 29), (41, 163), (43, 157), (47, 151), (53, 149), (59, 139),
    (61, 137), (67, 131), (71, 127), (73, 113), (79, 109), (83, 107), (89, 103), (97, 101),
)  # fmt: skip
