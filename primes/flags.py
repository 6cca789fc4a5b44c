"""Packed flags: which numbers of a range are prime, one bit each.

Bit ``i % 8`` (least significant first) of byte ``i // 8`` belongs to the number ``lo + i``. Bits behind the end of
the range are zero. This is the only form in which kernels, tasks and checks hand prime numbers to each other, because
it is small enough to travel between processes: 12.5 kB for 100,000 numbers, where a list of bools pickles to 100 kB.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported at run time: worker processes load this module
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_DIGITS = bytes([48]) + bytes([49]) * 255  # byte 0 -> "0", any other -> "1"


def pack(marks: Iterable[int]) -> bytes:
    """Pack marks (one int, bool or byte per number, zero for composite) into flags of ``ceil(n / 8)`` bytes."""
    digits = bytes(marks).translate(_DIGITS)
    # int() parses a power-of-two base in linear time, which makes it the fastest packer of the standard library.
    return int(digits[::-1] or b"0", 2).to_bytes((len(digits) + 7) // 8, "little")


def marks(is_prime: Callable[[int], bool], lo: int, hi: int) -> bytes:
    """Return one byte, 0 or 1, for each number of ``[lo, hi)``; ValueError where ``is_prime`` says something else."""
    try:
        found = bytes(map(is_prime, range(lo, hi)))
        if not found.translate(None, b"\0\1"):
            return found
    except (TypeError, ValueError):
        pass  # an answer that is no number, or does not fit a byte; or raised by is_prime, which then does so again
    answers = list(map(is_prime, range(lo, hi)))
    at = first_strange(answers) or 0
    raise ValueError(f"is_prime({lo + at}) is {answers[at]!r}, and neither True nor False")


def first_strange(answers: Sequence[object]) -> int | None:
    """Return the index of the first answer that is neither True nor False, nor equal to one of them, or None."""
    try:
        if not bytes(answers).translate(None, b"\0\1"):  # type: ignore[arg-type]  # that is the question
            return None
    except (TypeError, ValueError):
        pass
    return next(at for at, answer in enumerate(answers) if not (isinstance(answer, int) and answer in (0, 1)))


def checked(flags: bytes, size: int) -> bytes:
    """Return the flags of ``size`` numbers; ValueError if they are not as long as that, or mark what is behind them."""
    if len(flags) != (size + 7) // 8:
        raise ValueError(f"the flags of {size} numbers have {len(flags)} bytes, and not {(size + 7) // 8}")
    if size % 8 and flags[-1] >> size % 8:
        raise ValueError(f"the flags of {size} numbers mark numbers behind their end")
    return flags


def unpack(flags: bytes, size: int) -> bytes:
    """Return ``size`` bytes of 0 and 1, one per number: the inverse of `pack`."""
    digits = bin(int.from_bytes(flags, "little") | 1 << size)[:2:-1]
    return digits.encode().translate(_BITS)


_BITS = bytes(1 if code == 49 else 0 for code in range(256))


def count(flags: bytes) -> int:
    """Return how many numbers are marked."""
    return int.from_bytes(flags, "little").bit_count()


def join(parts: Iterable[tuple[bytes, int]]) -> bytes:
    """Join neighbouring pieces, each given as (flags, how many numbers it covers), into the flags of their union."""
    return pack(b"".join(unpack(flags, size) for flags, size in parts))


def primes(flags: bytes, lo: int) -> Iterator[int]:
    """Yield the marked numbers in ascending order; ``lo`` is the number of the first bit."""
    marks = unpack(flags, 8 * len(flags))
    at = marks.find(1)
    while at >= 0:
        yield lo + at
        at = marks.find(1, at + 1)
