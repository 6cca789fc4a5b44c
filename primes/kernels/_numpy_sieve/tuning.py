"""Sizes and limits of numpy-sieve that were found by trying their neighbours."""

from __future__ import annotations

# Each value was found by trying its neighbours; tests/performance/README.md tells on which processors.
# The wheel of 210 saves one stroke in seven, but has six times as many planes, each of which visits every prime.
DEEP = 1 << 22  # with sieving primes beyond it, the wheel of 30 is faster
WINDOW = 4_800_000  # k of the wheel of 210: 1e9 numbers
DEEP_WINDOW = 1 << 23  # k of the wheel of 30; from 1e15 on 2**22 1.31, 2**23 1.01, 2**24 1.22 seconds
DEEPEST = 1 << 28  # with sieving primes beyond it, visiting them costs more than long planes
DEEPEST_WINDOW = 1 << 25  # k of the wheel of 30; from 1e18 on 2**24 4.16, 2**25 3.66
PATTERN_LIMIT = 300  # primes below it are struck by patterns; 200 and 400 cost 1 % more
PATTERN_PIECE = 1 << 16  # bytes ANDed at once: they stay in the level-2 cache
# Primes up to the root of SLICED * k are struck by slices. A slice's call costs p / k per stroke; by index, a call is
# shared by all primes of about the same size, and as there are about p of them, it costs 1 / p. Between 150 and 600
# nothing changes by more than 3 %, from windows of 5e4 to 8e6 k and from 1e6 to 1e15.
SLICED = 300
FEW = 4  # strokes by index up to which each is held at the margin: see strikers.groups_of
SPARSE = 3  # primes so many times as large as the plane mostly miss it: it is cheaper to select those which do not
BATCH = 1 << 16  # primes struck by index at once: what is known of them stays in the level-2 cache
MANY = 1 << 23  # from so many on, less is kept of each prime: 12 bytes in place of 20
