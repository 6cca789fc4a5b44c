"""Kernels as a user names them: one of ours or of an installed package, a module of somebody's own, or its file."""

from __future__ import annotations

from dataclasses import replace
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
    """Return the names of our own and of those that installed packages add."""
    return catalog.names(kernel.PACKAGE)


def reference(name: str) -> str:
    """Return what stands for a kernel in every process: its name if it is ours, else module or path.

    What installed packages add is looked up here, once, and not in each worker.
    """
    own = catalog.own_names(kernel.PACKAGE)
    return catalog.module_name(kernel.PACKAGE, name) if name in names() and name not in own else name


def load(name: str) -> Kernel:
    """Return the kernel that ``name`` stands for; ours come first, then those of installed packages.

    Raises:
        UnknownName: there is none; the message says what was looked up where.
        BrokenPlugin: it cannot be imported, or what it defines is not what a kernel is made of.
    """
    try:
        if name in names():
            catalog.check_owner(kernel.PACKAGE, name)
        return replace(kernel.load(reference(name)), name=name)
    except UnknownCode as error:
        raise UnknownName(
            "kernel", name, names(), f'"{_LISTING}" shows all of ours; as code of your own, {reason(error)}.'
        ) from None
    except BrokenCode as error:
        raise BrokenPlugin(f"the kernel {reason(error)}.") from error
    except BrokenKernel as error:
        raise BrokenPlugin(f"{reason(error)}{hidden(name)}.") from error
