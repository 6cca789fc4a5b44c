"""The smallest primes, 7 to 163: struck out by the AND of 16 periodic patterns, 64 bytes at a time."""

from __future__ import annotations

from primes.kernels._compiled.memory import and_9, behind, inline, splice
from primes.kernels._compiled.sieve_layout import PATTERN_PIECE


@splice
def fill(plan, k, size):
    """Fill the first ``size`` bytes of the segment, a multiple of 64, with the AND of the patterns."""
    for begin in range(0, size, PATTERN_PIECE):
        end = min(begin + PATTERN_PIECE, size)
        _fill_piece(plan, k, begin, end, 0)
        _fill_piece(plan, k, begin, end, 8)


@inline
def _fill_piece(plan, k, begin, end, half):
    """Set a piece to the AND of the first 8 patterns, or to the AND of what it is and the other 8."""
    seg, patterns = plan.segment, plan.patterns
    a = _place(plan, k, begin, half)
    b = _place(plan, k, begin, half + 1)
    c = _place(plan, k, begin, half + 2)
    d = _place(plan, k, begin, half + 3)
    e = _place(plan, k, begin, half + 4)
    f = _place(plan, k, begin, half + 5)
    g = _place(plan, k, begin, half + 6)
    h = _place(plan, k, begin, half + 7)
    if half:
        for i in range(begin, end, 64):
            and_9(seg, seg, i, patterns, a, b, c, d, e, f, g, h)
    else:
        first = behind(patterns, a)
        for i in range(begin, end, 64):
            and_9(seg, first, i, patterns, b, b, c, d, e, f, g, h)


@inline
def _place(plan, k, begin, pattern):
    """Return where a pattern's byte for byte 0 of the segment would lie, if it were that long."""
    return plan.pattern_starts[pattern] + (k + begin) % plan.pattern_periods[pattern] - begin
