"""Which kernel is taken unasked, and why: the one rule behind ``auto``, wherever a kernel can be chosen.

A kernel may be taken for a range when

1. it is one of `CANDIDATES`, those that find primes by primebench's own code and are the fastest of their kind. What
   others have made (primesieve, gmpy2, sympy) is there to be compared with and to check answers, so it runs only when
   it is named: an answer never comes from the yardstick that it is held against. Nor would one table do for it:
   primesieve counts fast, but its primes reach Python as numbers, so that its flags take many times as long;
2. it is installed;
3. it is proven exact up to the end of the range; and
4. it is no Miller-Rabin test where a Baillie-PSW test can be taken: with only one kind of test in use, the other kind
   can check the answers (`primes.truth`).

Of these the one with the lowest cost in `primes.cost` is taken.
"""

from __future__ import annotations

from functools import cache

from primes import cost
from primes.tasks import kernel_module

# Each has a row in the cost table.
CANDIDATES = ("numba-sieve", "numpy-sieve", "sieve", "numba-baillie-psw", "numpy-miller-rabin", "miller-rabin")


@cache  # asked again for every chunk; what is installed stays so as long as a process lives
def installed() -> tuple[str, ...]:
    """Return the candidates that can run here."""
    modules = {name: kernel_module(name) for name in CANDIDATES}
    return tuple(name for name, module in modules.items() if not hasattr(module, "missing") or not module.missing())


def able(hi: int) -> tuple[str, ...]:
    """Return the candidates that may be taken for ranges that end below ``hi``, in no order.

    Raises:
        ValueError: none of them is exact so far up; the message says how far they are.
    """
    limits = {name: kernel_module(name).LIMIT for name in installed()}
    exact = tuple(name for name, limit in limits.items() if hi - 1 <= limit)
    if not exact:
        raise ValueError(
            f"the range ends at {hi - 1}, and the kernels to choose from are exact up to {max(limits.values())}; end "
            "the range there, or name a kernel without a limit, such as wheel6"
        )
    other = ("miller-rabin",) if any(name.endswith("baillie-psw") for name in exact) else ()
    return tuple(name for name in exact if not name.endswith(other))


def ranking(lo: int, hi: int, reach: int | None = None) -> dict[str, float]:
    """Return the kernels that may be taken for ``[lo, hi)`` with their costs in seconds, the cheapest first.

    Where a search may go on behind ``hi``, ``reach`` is up to where they have to be exact.

    Raises:
        ValueError: none of them is exact so far up, see `able`.
    """
    costs = {name: cost.seconds(name, lo, hi) for name in able(hi if reach is None else reach)}
    return dict(sorted(costs.items(), key=lambda item: item[1]))


def choose(lo: int, hi: int, reach: int | None = None) -> tuple[str, str]:
    """Return the kernel that is taken for ``[lo, hi)``, and why: what it costs, and what the next would.

    ``reach`` is as in `ranking`.

    Raises:
        ValueError: none may be taken, see `able`.
    """
    (name, least), *others = ranking(lo, hi, reach).items()
    why = f"about {least:.2g} s"
    if others:
        following, more = others[0]
        return name, f"{why}; next {following}, about {more:.2g} s"
    return name, f"{why}; no other that is installed is exact up to {hi - 1}"
