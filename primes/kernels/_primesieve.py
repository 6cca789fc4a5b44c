"""libprimesieve by ctypes, which releases the GIL during a call, or its Python binding where only that is found."""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import import_module
from importlib.util import find_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Tried by soname, newest first: ctypes.util.find_library would start a process to ask the linker.
_NAMES = (*(f"libprimesieve.so.{n}" for n in (13, 12, 11)), "libprimesieve.so", "libprimesieve.dylib")
_UINT64_PRIMES = 13  # position in the enum at the head of primesieve.h
_FAILED = 2**64 - 1  # PRIMESIEVE_ERROR in primesieve.h


@cache
def library() -> ctypes.CDLL | None:
    """Return libprimesieve, set to one thread, or None where it cannot be loaded."""
    for name in _NAMES:
        try:
            found = ctypes.CDLL(name, use_errno=True)
        except OSError:
            continue
        number = ctypes.c_uint64
        found.primesieve_count_primes.argtypes = (number, number)
        found.primesieve_count_primes.restype = number
        found.primesieve_generate_primes.argtypes = (number, number, ctypes.POINTER(ctypes.c_size_t), ctypes.c_int)
        found.primesieve_generate_primes.restype = ctypes.c_void_p
        found.primesieve_free.argtypes = (ctypes.c_void_p,)
        found.primesieve_free.restype = None
        found.primesieve_set_num_threads.argtypes = (ctypes.c_int,)
        found.primesieve_set_num_threads(1)  # parallelism is the backend's business
        return found
    return None


@cache
def functions() -> tuple[Callable[[int, int], int], Callable[[int, int], Iterable[int]]]:
    """Return count and primes; both functions take a first and a last number.

    Raises ImportError where neither the library nor the binding is installed.
    """
    if library() is not None:
        return _count, _primes
    binding = import_module("primesieve")  # holds the GIL during a call
    return binding.count_primes, binding.primes


def is_found() -> bool:
    """Say whether the library or the binding is installed."""
    return library() is not None or find_spec("primesieve") is not None


def _count(first: int, last: int) -> int:
    found = library()
    assert found is not None
    counted = int(found.primesieve_count_primes(first, last))
    if counted == _FAILED:
        raise OSError(ctypes.get_errno(), f"libprimesieve could not count the primes from {first} to {last}")
    return counted


def _primes(first: int, last: int) -> list[int]:
    found = library()
    assert found is not None
    size = ctypes.c_size_t()
    address = found.primesieve_generate_primes(first, last, ctypes.byref(size), _UINT64_PRIMES)
    if not address:
        raise OSError(ctypes.get_errno(), f"libprimesieve could not generate the primes from {first} to {last}")
    try:
        return memoryview((ctypes.c_uint64 * size.value).from_address(address)).cast("B").cast("Q").tolist()
    finally:
        found.primesieve_free(address)
