"""gmpy2's is_prime: the Baillie-PSW test of GMP, in C, one call per number."""

from __future__ import annotations

from importlib.util import find_spec

from primes.kernels._bounds import LIMIT_64, check_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = (
    "GMP 6.2 and later, mpz_probab_prime_p: a Baillie-PSW test, which no composite below 2**64 passes "
    "(checked against J. Feitsma and W. Galway, Tables of pseudoprimes and related data, 2013)"
)
LIMIT = LIMIT_64

_test: Callable[[int], bool] | None = None


def missing() -> str | None:
    """Say why this kernel cannot run here, or return None."""
    return None if find_spec("gmpy2") else 'gmpy2 is not installed: pip install "primebench[gmpy2]"'


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
    import gmpy2

    _test = gmpy2.is_prime
    return _test
