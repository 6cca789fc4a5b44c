"""The cheapest exact kernel of primebench's own that is installed, for each range anew: see primes/choice.py."""

from __future__ import annotations

from functools import cache

from primes import choice, tasks
from primes.kernels._bounds import LIMIT_64, check_number, check_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

SOURCE = "Each range by the kernel that primes/choice.py takes; see that kernel's own source"
LIMIT = 3317044064679887385961981 - 1  # miller-rabin's, which takes over above 64 bits


def warm() -> None:
    """Load every kernel that might be chosen."""
    for name in choice.installed():
        tasks.Warm(name)()


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime. Raises ValueError above `LIMIT`."""
    if n > LIMIT:
        check_number(n, LIMIT)
    return bool(_tester(n <= LIMIT_64).is_prime(n))


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    return tasks.ChunkFlags(choice.choose(lo, hi)[0])((lo, hi))


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    return tasks.ChunkCount(choice.choose(lo, hi)[0])((lo, hi))


@cache  # looked up for every number
def _tester(fits: bool) -> ModuleType:
    """Return the cheapest kernel for a single number, which fits 64 bits or not."""
    largest = LIMIT_64 if fits else LIMIT
    modules = map(tasks.kernel_module, choice.ranking(largest, largest + 1))
    return next(module for module in modules if hasattr(module, "is_prime"))
