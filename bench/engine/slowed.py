"""The three sides of a selftest: two copies of the running primebench, and a third whose kernels do more work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog, start
from bench.core import kernels as all_kernels
from bench.core.errors import UsageError
from bench.core.side import BASE, SAME, slow_name
from bench.engine.virtual_environment import copied, from_source
from primes.kernel import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.side import Side

_PATCH = """
from primes.kernels import _slowed

flags = _slowed.flags(is_prime, {percent})
count = _slowed.count(is_prime, {percent})
"""


def check_kernels(names: Iterable[str]) -> None:
    """Raise `UsageError` for a kernel whose work cannot be added to in known portions."""
    for name in names:
        found = all_kernels.load(name) if name in catalog.own_names(PACKAGE) else None
        if found is None or found.is_prime is None or found.flags or found.count:
            raise UsageError(
                f"the kernel {name} cannot be slowed by a known amount, because it does not decide number by number; "
                "take trial-division, wheel6 or miller-rabin."
            )


def build(scratch: Path, kernels: Iterable[str], percent: float) -> dict[str, Side]:
    """Build the sides base, same and slow in a folder of `bench.engine.virtual_environment.scratch_folder`."""
    slow = slow_name(percent)
    sources = {name: copied(name, Path(start.SOURCE), scratch, "__pycache__") for name in (BASE, SAME, slow)}
    for name in kernels:
        file = sources[slow] / "primes" / "kernels" / f"{name.replace('-', '_')}.py"
        file.write_text(file.read_text(encoding="utf-8") + _PATCH.format(percent=percent), encoding="utf-8")
    return {name: from_source(name, source, scratch) for name, source in sources.items()}
