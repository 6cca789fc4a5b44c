"""What a host lacks to run kernels; asked on the workers of a cluster, so it imports next to nothing."""

from __future__ import annotations

from primes.tasks import kernel_module
from primes.user_code import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def lacking(kernels: Sequence[str]) -> dict[str, str]:
    """Return kernel -> why it cannot run here, for those that cannot."""
    return {name: why for name in kernels if (why := _why(name))}


def _why(kernel: str) -> str:
    try:
        module = kernel_module(kernel)
        return (module.missing() or "") if hasattr(module, "missing") else ""
    except Exception as error:
        return f"{said(error)}."
