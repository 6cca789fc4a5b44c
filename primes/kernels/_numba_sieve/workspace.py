"""The memory that a call of the compiled sieve writes to."""

from __future__ import annotations

from ctypes import POINTER, addressof, c_int32, c_int64, c_uint8, c_uint32, cast

from primes.kernels._compiled.sieve_layout import BATCH, CLASSES
from primes.kernels._numba_sieve.tuning import FAR_SEGMENTS, NEAR_SEGMENTS

ALIGNMENT = 64  # of the segment: the vectors that fill it do not cross lines of the cache


class Workspace:
    """What one running call writes to. It only grows, and serves the next call."""

    def __init__(self) -> None:
        """Take the memory whose size never changes."""
        self.last = (c_int64 * (CLASSES + 1))()
        self.at = self.periods = (c_int32 * 1)()
        self._bytes = (c_uint8 * 1)()
        self.segment = cast(self._bytes, POINTER(c_uint8))
        self.near = self.far = (c_uint32 * 1)()
        self.batch = (c_int64 * (3 * BATCH))()
        self.near_filled = (c_int64 * NEAR_SEGMENTS)()
        self.far_filled = (c_int64 * FAR_SEGMENTS)()

    def fit(self, striding: int, segment: int, near: int, far: int) -> None:
        """Make room for so many striding primes, bytes of segment, and hits."""
        if len(self.at) < striding:
            self.at, self.periods = (c_int32 * striding)(), (c_int32 * striding)()
        if len(self._bytes) < segment + ALIGNMENT:
            self._bytes = (c_uint8 * (segment + ALIGNMENT))()
            self.segment = cast(addressof(self._bytes) + -addressof(self._bytes) % ALIGNMENT, POINTER(c_uint8))
        if len(self.near) < near:
            self.near = (c_uint32 * near)()
        if len(self.far) < far:
            self.far = (c_uint32 * far)()
