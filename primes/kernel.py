"""What a kernel is and what it can do; loading one by name.

A kernel's file defines plain names (``SOURCE``, ``LIMIT`` and at least one of ``is_prime``, ``flags``, ``count``)
and imports at most small private neighbours, so that a worker process which runs it loads next to nothing else. This
module is imported only where a case is planned or prepared. ``HOLDS_GIL = True`` says that threads cannot share the
work under a global interpreter lock, so that a report can tell an impossible speed-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from primes.tasks import kernel_module

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "primes.kernels"


@dataclass(frozen=True, slots=True)
class Kernel:
    """One exact way to decide primality.

    Attributes:
        name: the file's name with hyphens.
        source: author, title and year of the algorithm and its proof.
        limit: the largest number for which the answer is proven exact; None when there is none.
        is_prime: int -> bool, or None when the kernel has no single-number form.
        flags: (lo, hi) -> packed flags of the half-open range, see `primes.flags`; or None.
        count: (lo, hi) -> how many are prime; or None.
        missing: why it cannot run here and what to do, or None.
    """

    name: str
    source: str
    limit: int | None
    is_prime: Callable[[int], bool] | None
    flags: Callable[[int, int], bytes] | None
    count: Callable[[int, int], int] | None
    missing: str | None

    def reaches(self, hi: int) -> bool:
        """Say whether every number below ``hi`` is within the limit."""
        return self.limit is None or hi - 1 <= self.limit


def load(name: str) -> Kernel:
    """Return the kernel ``name``: a file in primes/kernels, or a module of somebody's own by its dotted name.

    Raises:
        ImportError: there is no such file, or it cannot be imported.
        TypeError: the file lacks ``SOURCE``, ``LIMIT``, or any way to find primes; the message names what is missing.
    """
    module = kernel_module(name)
    lacking = [need for need in ("SOURCE", "LIMIT") if not hasattr(module, need)]
    if not any(hasattr(module, way) for way in ("is_prime", "flags", "count")):
        lacking.append("is_prime, flags or count")
    if lacking:
        raise TypeError(f"{module.__file__}: does not define {' and '.join(lacking)}, which every kernel needs.")
    missing = getattr(module, "missing", None)
    return Kernel(
        name=name,
        source=module.SOURCE,
        limit=module.LIMIT,
        is_prime=getattr(module, "is_prime", None),
        flags=getattr(module, "flags", None),
        count=getattr(module, "count", None),
        missing=missing() if missing else None,
    )
