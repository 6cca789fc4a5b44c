"""Kernels as a user names them: one of ours, a module of somebody's own, or the path of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import catalog
from bench.core.errors import BrokenPlugin, UnknownName, reason
from primes import kernel
from primes.kernel import BrokenKernel
from primes.user_code import BrokenCode, UnknownCode, hidden

if TYPE_CHECKING:
    from primes.kernel import Kernel

_LISTING = "primebench list kernels"


def names() -> tuple[str, ...]:
    """Return the names of our own."""
    return catalog.names(kernel.PACKAGE)


def load(name: str) -> Kernel:
    """Return the kernel that ``name`` stands for; ours come first.

    Raises:
        UnknownName: there is none; the message says what was looked up where.
        BrokenPlugin: it cannot be imported, or what it defines is not what a kernel is made of.
    """
    try:
        return kernel.load(name)
    except UnknownCode as error:
        raise UnknownName(
            "kernel", name, names(), f'"{_LISTING}" shows all of ours; as code of your own, {reason(error)}.'
        ) from None
    except BrokenCode as error:
        raise BrokenPlugin(f"the kernel {reason(error)}.") from error
    except BrokenKernel as error:
        raise BrokenPlugin(f"{reason(error)}{hidden(name)}.") from error
