"""The compiled functions of numba-sieve, loaded once per process."""

from __future__ import annotations

from ctypes import CFUNCTYPE, c_int64, c_void_p
from functools import cache

from primes.kernels import _machine_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MODULE = "primes.kernels._compiled.sieve"
_PROTOTYPES = {
    "sieve": CFUNCTYPE(c_int64, c_void_p),
    "write_gaps": CFUNCTYPE(c_int64, c_void_p, c_int64, c_int64, c_int64, c_void_p, c_int64),
    "write_flags": CFUNCTYPE(None, c_void_p, c_int64, c_int64, c_void_p, c_int64),
}


@cache
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the compiled functions by name."""
    return _machine_code.load(MODULE, _PROTOTYPES)
