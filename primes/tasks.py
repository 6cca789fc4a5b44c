"""The callables that travel to workers.

A task takes one item and returns one result. With one number per task the task is the kernel's own ``is_prime``,
exactly as in the textbook; with one chunk per task it is a `ChunkFlags` or a `ChunkCount`. This module is loaded in
worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import importlib
import os
import time

from primes import flags as packed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any

_POLL_S = 0.0002  # how often a worker at a roll call looks around; its error on the time to open a crew


def kernel_module(name: str) -> ModuleType:
    """Return the loaded module of a kernel; a name with a dot is a module of somebody's own, on PYTHONPATH."""
    return importlib.import_module(name if "." in name else f"primes.kernels.{name.replace('-', '_')}")


class ChunkFlags:
    """Task: one chunk (lo, hi) of the range -> its packed flags."""

    __slots__ = ("kernel", "search")

    def __init__(self, kernel: str) -> None:
        """Search with the kernel of this name."""
        self.kernel = kernel
        self.search = _flags_of(kernel_module(kernel))

    def __reduce__(self) -> tuple[type[ChunkFlags], tuple[str]]:
        """Pickle as the kernel's name: a worker finds the code by itself."""
        return type(self), (self.kernel,)

    def __call__(self, chunk: tuple[int, int]) -> bytes:
        """Return the packed flags of the half-open range ``chunk``."""
        return self.search(*chunk)

    @staticmethod
    def width(chunk: tuple[int, int]) -> int:
        """Return how many bytes the result for ``chunk`` has."""
        return (chunk[1] - chunk[0] + 7) // 8

    @staticmethod
    def to_bytes(result: bytes) -> bytes:
        """Return the result as the bytes that shared memory holds."""
        return result

    @staticmethod
    def from_bytes(data: bytes) -> bytes:
        """Return the result whose bytes these are."""
        return data


class ChunkCount:
    """Task: one chunk (lo, hi) of the range -> how many primes are in it."""

    __slots__ = ("kernel", "search")

    def __init__(self, kernel: str) -> None:
        """Search with the kernel of this name."""
        self.kernel = kernel
        self.search = _count_of(kernel_module(kernel))

    def __reduce__(self) -> tuple[type[ChunkCount], tuple[str]]:
        """Pickle as the kernel's name: a worker finds the code by itself."""
        return type(self), (self.kernel,)

    def __call__(self, chunk: tuple[int, int]) -> int:
        """Return the number of primes in the half-open range ``chunk``."""
        return self.search(*chunk)

    @staticmethod
    def width(chunk: tuple[int, int]) -> int:
        """Return how many bytes the result for a chunk has."""
        return 8

    @staticmethod
    def to_bytes(result: int) -> bytes:
        """Return the result as the bytes that shared memory holds."""
        return result.to_bytes(8, "little")

    @staticmethod
    def from_bytes(data: bytes) -> int:
        """Return the result whose bytes these are."""
        return int.from_bytes(data, "little")


def _flags_of(kernel: ModuleType) -> Callable[[int, int], bytes]:
    if hasattr(kernel, "flags"):
        return kernel.flags  # type: ignore[no-any-return]
    is_prime = kernel.is_prime
    return lambda lo, hi: packed.pack(map(is_prime, range(lo, hi)))


def _count_of(kernel: ModuleType) -> Callable[[int, int], int]:
    if hasattr(kernel, "count"):
        return kernel.count  # type: ignore[no-any-return]
    if hasattr(kernel, "flags"):
        flags = kernel.flags
        return lambda lo, hi: packed.count(flags(lo, hi))
    is_prime = kernel.is_prime
    return lambda lo, hi: sum(map(is_prime, range(lo, hi)))


class Batch:
    """Task that runs another task on several items, for interfaces that send one item per message."""

    __slots__ = ("task",)

    def __init__(self, task: Callable[[Any], Any]) -> None:
        """Wrap ``task``."""
        self.task = task

    def __reduce__(self) -> tuple[type[Batch], tuple[Callable[[Any], Any]]]:
        """Pickle as the wrapped task."""
        return Batch, (self.task,)

    def __call__(self, items: Sequence[Any]) -> list[Any]:
        """Return the results in the order of the items."""
        return list(map(self.task, items))


class Tagged:
    """Task for interfaces that return results in any order: (index, item) -> (index, result)."""

    __slots__ = ("task",)

    def __init__(self, task: Callable[[Any], Any]) -> None:
        """Wrap ``task``."""
        self.task = task

    def __reduce__(self) -> tuple[type[Tagged], tuple[Callable[[Any], Any]]]:
        """Pickle as the wrapped task."""
        return Tagged, (self.task,)

    def __call__(self, tagged: tuple[int, Any]) -> tuple[int, Any]:
        """Return the result with the index of its item."""
        index, item = tagged
        return index, self.task(item)


class RollCall:
    """Task: load the kernel, answer, and wait until every worker of the crew has answered.

    A worker that waits takes no second task, so that as many tasks as workers reach every one of them. The meeting
    point is an empty folder: each worker leaves a file named after itself and looks until there are enough. That
    needs no lock, no socket and no thread, and works for threads, interpreters and every start method alike.
    """

    __slots__ = ("deadline_s", "folder", "kernel", "workers")

    def __init__(self, folder: str, workers: int, kernel: str, deadline_s: float = 30.0) -> None:
        """Call ``workers`` workers together in ``folder``."""
        self.folder, self.workers, self.kernel, self.deadline_s = folder, workers, kernel, deadline_s

    def __reduce__(self) -> tuple[type[RollCall], tuple[str, int, str, float]]:
        """Pickle as what the constructor takes."""
        return RollCall, (self.folder, self.workers, self.kernel, self.deadline_s)

    def __call__(self, _item: int) -> bool:
        """Return True once all are there; TimeoutError when they are not within the deadline."""
        warm(self.kernel)
        from threading import get_ident

        with open(os.path.join(self.folder, f"{os.getpid()}-{get_ident()}"), "w"):
            pass
        end = time.monotonic() + self.deadline_s
        while (present := len(os.listdir(self.folder))) < self.workers:
            if time.monotonic() > end:
                raise TimeoutError(f"only {present} of {self.workers} workers answered within {self.deadline_s:g} s.")
            time.sleep(_POLL_S)
        return True


def warm(kernel: str) -> None:
    """Load the kernel and let it compile or compute what it keeps between calls."""
    module = kernel_module(kernel)
    if hasattr(module, "warm"):
        module.warm()
