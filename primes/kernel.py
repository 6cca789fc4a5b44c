"""What a kernel is and what it can do; loading one by name.

A kernel's file defines plain names: at least one of ``is_prime``, ``flags`` and ``count``; ours also ``SOURCE`` and
``LIMIT``. Ours import at most small private neighbours, so that a worker process which runs one loads next to nothing
else. This module is imported only where a case is planned or prepared. ``HOLDS_GIL = True`` says that threads cannot
share the work under a global interpreter lock, so that a report can tell an impossible speed-up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from primes.tasks import kernel_module
from primes.user_code import BrokenCode, UnknownCode, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

PACKAGE = "primes.kernels"
WAYS = ("is_prime", "flags", "count")


@dataclass(frozen=True, slots=True)
class Kernel:
    """One exact way to decide primality.

    Attributes:
        name: the file's name with hyphens.
        code: what stands for it in every process: its name if it is ours, else its module or the path of its file.
        source: author, title and year of the algorithm and its proof; empty when it does not say.
        limit: the largest number for which the answer is proven exact; None when there is none, or it does not say.
        is_prime: int -> bool, or None when the kernel has no single-number form.
        flags: (lo, hi) -> packed flags of the half-open range, see `primes.flags`; or None.
        count: (lo, hi) -> how many are prime; or None.
        missing: why it cannot run here and what to do, or None.
    """

    name: str
    code: str
    source: str
    limit: int | None
    is_prime: Callable[[int], bool] | None
    flags: Callable[[int, int], bytes] | None
    count: Callable[[int, int], int] | None
    missing: str | None

    def reaches(self, hi: int) -> bool:
        """Say whether every number below ``hi`` is within the limit."""
        return self.limit is None or hi - 1 <= self.limit


class BrokenKernel(Exception):
    """What a module defines is not what a kernel is made of; the message is a sentence without its full stop."""


def load(name: str) -> Kernel:
    """Return the kernel ``name``: a file in primes/kernels, or code of somebody's own (see `primes.user_code`).

    Raises:
        UnknownCode: there is no such kernel.
        BrokenCode: it cannot be imported.
        BrokenKernel: it lacks any way to find primes, or defines something of a wrong kind.
    """
    try:
        module = kernel_module(name)
    except (KeyboardInterrupt, UnknownCode, BrokenCode):
        raise
    except BaseException as error:  # raised by one of ours
        raise BrokenKernel(f"it cannot be imported ({said(error)})") from error
    where = getattr(module, "__file__", None) or name
    found = {way: getattr(module, way, None) for way in WAYS}
    if not any(found.values()):
        raise BrokenKernel(f"{where} defines neither {', '.join(WAYS[:-1])} nor {WAYS[-1]}; every kernel needs one")
    for way, function in found.items():
        if function is not None and not callable(function):
            raise BrokenKernel(f"{where}: {way} is {function!r}, and no function")
    source, limit = getattr(module, "SOURCE", ""), getattr(module, "LIMIT", None)
    if not isinstance(source, str):
        raise BrokenKernel(f"{where}: SOURCE is {source!r}, and no text")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
        raise BrokenKernel(f"{where}: LIMIT is {limit!r}; it must be a whole number, or None without a limit")
    return Kernel(name=name, code=name, source=source, limit=limit, missing=_missing(module, where), **found)


def _missing(module: ModuleType, where: str) -> str | None:
    try:
        missing: str | None = module.missing() if hasattr(module, "missing") else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenKernel(f"{where}: missing() fails ({said(error)})") from error
    if missing is not None and not isinstance(missing, str):
        raise BrokenKernel(f"{where}: missing() returns {missing!r}; it must be a reason, or None")
    return missing
