"""Baillie-PSW in 64 bits, compiled by numba: the fastest for scattered numbers and for narrow, high ranges."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_number, check_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SOURCE = (
    "R. Baillie and S. Wagstaff, Lucas pseudoprimes, 1980; almost extra strong Lucas test: J. Grantham, Frobenius "
    "pseudoprimes, 2001, and D. Jacobsen, Pseudoprime statistics, 2020, who found no composite below 2**64 that passes"
)
LIMIT = LIMIT_64

_MODULE = "primes.kernels._compiled.baillie_psw"
_test: Callable[[int], bool] | None = None


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("numba") else 'numba is not installed: pip install "primebench[numba]"'


def compiles() -> bool:
    """Say whether `warm` has to compile."""
    from primes.kernels import _machine_code

    return not _machine_code.is_kept(_MODULE)


def warm() -> None:
    """Load the compiled code, or compile it where no cache holds it."""
    _load()


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime. Raises ValueError above `LIMIT`."""
    if n > LIMIT:
        check_number(n, LIMIT)
    return n > 1 and (_test or _load())(n)


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    import ctypes

    packed = ctypes.create_string_buffer((hi - lo + 7) // 8 or 1)
    compiled()["fill"](lo, hi - lo, packed)
    return packed.raw[: (hi - lo + 7) // 8]


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    return int(compiled()["count"](lo, hi - lo))


@cache
def compiled() -> dict[str, Callable[..., Any]]:
    """Return the compiled functions by name."""
    import ctypes

    from primes.kernels import _machine_code

    word, size, pointer = ctypes.c_uint64, ctypes.c_int64, ctypes.c_void_p
    prototypes = {
        "is_prime": ctypes.CFUNCTYPE(ctypes.c_bool, word),
        "mark": ctypes.CFUNCTYPE(None, size, pointer, pointer),
        "count": ctypes.CFUNCTYPE(size, word, size),
        "fill": ctypes.CFUNCTYPE(None, word, size, pointer),
    }
    return _machine_code.load(_MODULE, prototypes)


def _load() -> Callable[[int], bool]:
    global _test
    _test = compiled()["is_prime"]
    return _test
