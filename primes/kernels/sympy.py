"""sympy's isprime: one call per number; faster where gmpy2 or python-flint is installed, which it then uses."""

from __future__ import annotations

from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = "sympy.ntheory.primetest.isprime: deterministic Miller-Rabin and strong Baillie-PSW below 2**64"
LIMIT = LIMIT_64

_test: Callable[[int], bool] | None = None


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("sympy") else 'sympy is not installed: pip install "primebench[sympy]"'


def warm() -> None:
    """Load the library."""
    _load()


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime. Raises ValueError above `LIMIT`, where the test is not proven."""
    if n > LIMIT:
        check_number(n, LIMIT)
    return n > 1 and (_test or _load())(n)


def _load() -> Callable[[int], bool]:
    global _test
    from sympy import isprime

    _test = isprime
    return _test
