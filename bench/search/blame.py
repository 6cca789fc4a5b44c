"""Who is to look into a wrong answer: whoever wrote the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import catalog
from primes.kernel import PACKAGE

if TYPE_CHECKING:
    from primes.kernel import Kernel


def advice(kernel: Kernel) -> str:
    """Return the sentence that ends the message on a wrong answer of this kernel."""
    if kernel.code in catalog.own_names(PACKAGE):
        return "Please report this."
    return f"Look into {kernel.code}, or choose another kernel."
