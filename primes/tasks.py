"""The callables that travel to workers.

A task takes one item and returns one result. With one number per task the task is the kernel's own ``is_prime``,
exactly as in the textbook, or one that travels by its name where a user names the code; with one chunk per task it is a
`ChunkFlags` or a `ChunkCount`. This module is loaded in worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import importlib
from operator import index

from primes import flags as packed

_AT_ONCE = 2**16  # numbers whose marks are held while they are counted, one byte each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def kernel_module(name: str) -> ModuleType:
    """Return the loaded module of a kernel: of ours, or of code that a user names (see `primes.user_code`)."""
    ours = f"primes.kernels.{name.replace('-', '_')}"
    if is_ours(name):
        try:
            found: ModuleType = importlib.import_module(ours)
        except ModuleNotFoundError as error:
            if error.name != ours:
                raise
        else:
            return found
    from primes import user_code

    return user_code.load(name)


def is_ours(name: str) -> bool:
    """Say whether a name can be that of one of our kernels: no path, no part of a package, nothing private."""
    return name.replace("-", "_").isidentifier() and not name.startswith("_")


def single(kernel: str) -> Callable[[int], bool]:
    """Return the task: one number -> whether it is prime; code that a user names is found by its name."""
    module = kernel_module(kernel)
    if module.__name__.startswith("primes.kernels."):
        return module.is_prime  # type: ignore[no-any-return]
    from primes import user_code

    return user_code.Travelling(_is_prime_of, kernel)


def _is_prime_of(kernel: str) -> Callable[[int], bool]:
    return kernel_module(kernel).is_prime  # type: ignore[no-any-return]


class ChunkFlags:
    """Task: one chunk (lo, hi) of the range -> its packed flags."""

    __slots__ = ("kernel", "search")

    def __init__(self, kernel: str) -> None:
        """Search with the kernel of this name."""
        self.kernel = kernel
        self.search = _flags_of(kernel_module(kernel), kernel)

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
        self.search = _count_of(kernel_module(kernel), kernel)

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

    @staticmethod
    def from_slots(data: bytes) -> list[int]:
        """Return the results whose bytes these are, of one chunk behind the other."""
        from struct import unpack

        return list(unpack(f"<{len(data) // 8}q", data))


def _flags_of(kernel: ModuleType, name: str) -> Callable[[int, int], bytes]:
    if hasattr(kernel, "flags"):
        return _looked_at(_checked_flags, kernel.flags, name)
    if not hasattr(kernel, "is_prime"):
        raise ValueError(f"the kernel {name} only counts; to tell which numbers are prime it has to define flags too")
    is_prime = kernel.is_prime
    return lambda lo, hi: packed.pack(packed.marks(is_prime, lo, hi))


def _count_of(kernel: ModuleType, name: str) -> Callable[[int, int], int]:
    if hasattr(kernel, "count"):
        return _looked_at(_checked_count, kernel.count, name)
    if hasattr(kernel, "flags"):
        flags = _flags_of(kernel, name)
        return lambda lo, hi: packed.count(flags(lo, hi))
    is_prime = kernel.is_prime
    return lambda lo, hi: sum(
        packed.marks(is_prime, at, min(at + _AT_ONCE, hi)).count(1) for at in range(lo, hi, _AT_ONCE)
    )


def _looked_at(
    check: Callable[[Any, int, int], Any], function: Callable[[int, int], Any], name: str
) -> Callable[[int, int], Any]:
    """Return a kernel's function with a look at what it returns: ValueError in place of what is no answer."""

    def looked_at(lo: int, hi: int) -> Any:
        found = function(lo, hi)
        try:
            return check(found, lo, hi)
        except ValueError as error:
            raise ValueError(f"in the kernel {name}, {error}") from None

    return looked_at


def _checked_flags(found: Any, lo: int, hi: int) -> bytes:
    if type(found) is not bytes:
        try:
            found = bytes(memoryview(found))
        except TypeError:
            raise ValueError(f"flags({lo}, {hi}) is of type {type(found).__name__}, and no bytes") from None
    return packed.checked(found, hi - lo)


def _checked_count(found: Any, lo: int, hi: int) -> int:
    try:
        number = index(found)  # of numpy's numbers as well, which neither JSON nor shared memory takes
    except TypeError:
        number = -1
    if not 0 <= number <= hi - lo:
        raise ValueError(f"count({lo}, {hi}) is {found!r}, and no whole number from 0 to {hi - lo}")
    return number


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

    def compiles(self) -> bool:
        """Say whether calling it takes seconds, because nothing compiled is kept on this machine yet."""
        module = kernel_module(self.kernel)
        return hasattr(module, "compiles") and bool(module.compiles())
