"""The three sides of a selftest: two copies of the running primebench, and a third whose kernels do more work."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog, start
from bench.core import kernels as all_kernels
from bench.core.errors import UsageError
from bench.engine import sides
from primes.kernel import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.side import Side

BASE, SAME, SLOW = "base", "same", "slow"

_PATCH = """
from primes.kernels import _slowed

flags = _slowed.flags(is_prime, {percent})
count = _slowed.count(is_prime, {percent})
"""


def slow_name(percent: float) -> str:
    """Return the name of the slow side: ``slow-5``."""
    return f"{SLOW}-{percent:g}"


def percent_of(side: str) -> float:
    """Return the slowdown that the name of a slow side tells."""
    return float(side.removeprefix(f"{SLOW}-"))


def check_kernels(names: Iterable[str]) -> None:
    """Raise `UsageError` for a kernel whose work cannot be added to in known portions."""
    for name in names:
        found = all_kernels.load(name) if name in catalog.own_names(PACKAGE) else None
        if found is None or found.is_prime is None or found.flags or found.count:
            raise UsageError(
                f"the kernel {name} cannot be slowed by a known amount, because it does not decide number by number; "
                "take trial-division, wheel6 or miller-rabin."
            )


def build(shop: Path, kernels: Iterable[str], percent: float) -> dict[str, Side]:
    """Build the sides base, same and slow in a folder of `sides.workshop`."""
    found = {name: sides.from_source(name, _copy(shop), shop) for name in (BASE, SAME)}
    source = _copy(shop)
    for name in kernels:
        file = source / "primes" / "kernels" / f"{name.replace('-', '_')}.py"
        file.write_text(file.read_text(encoding="utf-8") + _PATCH.format(percent=percent), encoding="utf-8")
    return found | {slow_name(percent): sides.from_source(SLOW, source, shop)}


def _copy(shop: Path) -> Path:
    source = Path(tempfile.mkdtemp(prefix="source-", dir=shop))
    for name in start.PACKAGES:
        shutil.copytree(Path(start.SOURCE, name), source / name, ignore=shutil.ignore_patterns("__pycache__"))
    return source
