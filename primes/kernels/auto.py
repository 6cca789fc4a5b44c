"""The cheapest exact kernel that is installed, for each range anew: see primes/cost.py."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from primes import cost
from primes.kernels._bounds import LIMIT_64, check_number, check_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

SOURCE = "Each range by the kernel with the lowest cost in primes/cost.py; see that kernel's own source"
LIMIT = 3317044064679887385961981 - 1  # miller-rabin's, which takes over above 64 bits


def warm() -> None:
    """Load every kernel that might be chosen."""
    for name in _installed():
        module = _module(name)
        if hasattr(module, "warm"):
            module.warm()


def is_prime(n: int) -> bool:
    """Say whether ``n`` is prime. Raises ValueError above `LIMIT`."""
    if n > LIMIT:
        check_number(n, LIMIT)
    return bool(_tester(n <= LIMIT_64).is_prime(n))


def flags(lo: int, hi: int) -> bytes:
    """Return the packed flags of ``[lo, hi)``. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    module = _module(choose(lo, hi)[0])
    if hasattr(module, "flags"):
        return bytes(module.flags(lo, hi))
    from primes.flags import pack

    return pack(map(module.is_prime, range(lo, hi)))


def count(lo: int, hi: int) -> int:
    """Return how many primes ``[lo, hi)`` holds. Raises ValueError for a range outside 0 to `LIMIT`."""
    check_range(lo, hi, LIMIT)
    module = _module(choose(lo, hi)[0])
    return int(module.count(lo, hi)) if hasattr(module, "count") else sum(map(module.is_prime, range(lo, hi)))


def choose(lo: int, hi: int) -> tuple[str, str]:
    """Return which kernel searches ``[lo, hi)``, and why."""
    return cost.choose(lo, hi, [name for name in _installed() if hi - 1 <= _module(name).LIMIT])


@cache
def _installed() -> tuple[str, ...]:
    """Return the kernels of the cost table that can run here."""
    modules = {name: _module(name) for name in cost.COSTS}
    return tuple(name for name, module in modules.items() if not hasattr(module, "missing") or not module.missing())


@cache
def _tester(fits: bool) -> ModuleType:
    """Return the cheapest kernel for a single number, which fits 64 bits or not."""
    able = [name for name in _installed() if hasattr(_module(name), "is_prime")]
    return _module(cost.choose(LIMIT_64, LIMIT_64 + 1, able)[0] if fits else "miller-rabin")


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"primes.kernels.{name.replace('-', '_')}")
