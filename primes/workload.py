"""Which numbers are searched; cutting a range into chunks."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

TYPE_CHECKING = False  # worker processes load this module: Chunks travels to them
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PACKAGE = "primes.workloads"


class Workload:
    """The half-open range [lo, hi), with the known number of primes in it, or None for a range somebody typed.

    ``grows`` says whether the range grows with the number of workers.
    """

    __slots__ = ("count", "grows", "hi", "lo", "name")

    def __init__(self, name: str, lo: int, hi: int, count: int | None, *, grows: bool = False) -> None:
        """Name a range."""
        self.name, self.lo, self.hi, self.count, self.grows = name, lo, hi, count, grows

    def __len__(self) -> int:
        """Return how many numbers are searched."""
        return self.hi - self.lo


def load(name: str, workers: int = 1) -> Workload:
    """Return the workload of a name such as ``textbook``, or of a range such as ``1000000:1001000``.

    A workload whose file defines ``scaled`` (workers -> lo, hi) grows with the workers, as weak scaling asks for: its
    LO, HI and COUNT are for one worker, and it holds ``workers * COUNT`` primes.

    Raises:
        ImportError: there is no workload of that name.
        TypeError: the workload's file lacks LO, HI or COUNT.
    """
    if ":" in name:
        lo, hi = name.split(":")
        return Workload(name, int(lo), int(hi), None)
    module = importlib.import_module(f"{PACKAGE}.{name.replace('-', '_')}")
    lacking = [need for need in ("LO", "HI", "COUNT") if not hasattr(module, need)]
    if lacking:
        raise TypeError(f"{module.__file__}: does not define {', '.join(lacking)}, which every workload needs.")
    if hasattr(module, "scaled"):
        lo, hi = module.scaled(workers)
        return Workload(name, lo, hi, module.COUNT * workers, grows=True)
    return Workload(name, module.LO, module.HI, module.COUNT)


class Chunks(Sequence[tuple[int, int]]):
    """The neighbouring pieces (lo, hi) of a range, ``size`` numbers each, the last one perhaps smaller.

    A sequence that is computed, not stored: it pickles to a few bytes however many chunks it has.
    """

    __slots__ = ("hi", "lo", "size")

    def __init__(self, lo: int, hi: int, size: int) -> None:
        """Cut [lo, hi); ValueError when size is below 1."""
        if size < 1:
            raise ValueError(f"a chunk of {size} numbers cannot be searched; at least 1 is needed.")
        self.lo, self.hi, self.size = lo, hi, size

    def __reduce__(self) -> tuple[type[Chunks], tuple[int, int, int]]:
        """Pickle as three numbers."""
        return Chunks, (self.lo, self.hi, self.size)

    def __len__(self) -> int:
        """Return the number of chunks."""
        return -(-(self.hi - self.lo) // self.size)

    def __getitem__(self, index: int | slice) -> Any:
        """Return the chunk ``index`` as (lo, hi), or those of a slice: again chunks where they are neighbours."""
        size = len(self)
        if isinstance(index, slice):
            first, end, step = index.indices(size)
            if step != 1:
                return [self[at] for at in range(first, end, step)]
            lo = self.lo + first * self.size
            return Chunks(min(lo, self.hi), max(min(lo, self.hi), min(self.lo + end * self.size, self.hi)), self.size)
        at = index + size if index < 0 else index
        if not 0 <= at < size:
            raise IndexError(index)
        lo = self.lo + at * self.size
        return lo, min(lo + self.size, self.hi)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield the chunks in ascending order."""
        for lo in range(self.lo, self.hi, self.size):
            yield lo, min(lo + self.size, self.hi)
