"""The callables that travel to workers.

A task takes one item and returns one result. With one number per task the task is the kernel's own ``is_prime``,
exactly as in the textbook; with one chunk per task it is a `ChunkFlags` or a `ChunkCount`. This module is loaded in
worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import importlib

from primes import flags as packed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


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


class Warm:
    """Callable: load the kernel and let it compile or compute what it keeps between calls."""

    __slots__ = ("kernel",)

    def __init__(self, kernel: str) -> None:
        """Warm the kernel of this name."""
        self.kernel = kernel

    def __reduce__(self) -> tuple[type[Warm], tuple[str]]:
        """Pickle as the kernel's name."""
        return Warm, (self.kernel,)

    def __call__(self) -> None:
        """Load and warm it."""
        module = kernel_module(self.kernel)
        if hasattr(module, "warm"):
            module.warm()
