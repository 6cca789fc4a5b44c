"""A function of the user's on its way to workers: pickled as the name it was given, unpickled as the function itself.

Loaded in worker processes, so it imports next to nothing.
"""

from __future__ import annotations

from functools import partial

from primes import user_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self


def resolve(reference: str) -> Any:
    """Return what ``module:name``, ``module:Class.method`` or ``path/to/file.py:name`` names.

    Raises:
        UnknownCode: there is no such module, file or name.
        BrokenCode: the module cannot be imported.
    """
    place, _, name = reference.rpartition(":")
    found: Any = user_code.load(place)
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            where = getattr(found, "__file__", None) or getattr(found, "__qualname__", place)
            raise user_code.UnknownCode(f"{where} defines no {part}, which {reference} names.") from None
    return found


class Travelling(partial):  # type: ignore[type-arg]  # not subscriptable where workers load it
    """A callable that is pickled as a reference; whoever unpickles it has the function itself, and calls no more."""

    reference: str

    def __new__(cls, reference: str) -> Self:
        """Resolve the reference in this process."""
        self = super().__new__(cls, resolve(reference))
        self.reference = reference
        return self

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Pickle as the reference."""
        return resolve, (self.reference,)


class FixedWidth:
    """A task whose results have a fixed width, so that they fit into slots of shared memory.

    ``form`` is ``int64``, ``float64`` or ``bytes``; bytes have their length in front.
    """

    __slots__ = ("bytes_each", "form", "reference", "task")

    def __init__(self, reference: str, form: str, bytes_each: int) -> None:
        """Call what ``reference`` names; a result takes ``bytes_each`` bytes at most."""
        self.reference, self.form, self.bytes_each = reference, form, bytes_each
        self.task = resolve(reference)

    def __reduce__(self) -> tuple[type[FixedWidth], tuple[str, str, int]]:
        """Pickle as what the constructor takes."""
        return FixedWidth, (self.reference, self.form, self.bytes_each)

    def __call__(self, item: Any) -> Any:
        """Return the result for an item."""
        return self.task(item)

    def width(self, _item: Any) -> int:
        """Return how many bytes a slot has."""
        return self.bytes_each + (_LENGTH if self.form == "bytes" else 0)

    def to_bytes(self, result: Any) -> bytes:
        """Return the result as the bytes that shared memory holds; ValueError when it does not fit."""
        if self.form == "int64":
            return int(result).to_bytes(8, "little", signed=True)
        if self.form == "float64":
            from struct import pack

            packed: bytes = pack("<d", result)
            return packed
        if len(result) > self.bytes_each:
            raise ValueError(f"a result has {len(result)} bytes; --result-bytes {self.bytes_each} allows no more.")
        return len(result).to_bytes(_LENGTH, "little") + bytes(result)

    def from_bytes(self, data: bytes) -> Any:
        """Return the result whose bytes these are."""
        if self.form == "int64":
            return int.from_bytes(data, "little", signed=True)
        if self.form == "float64":
            from struct import unpack

            return unpack("<d", data)[0]
        size = int.from_bytes(data[:_LENGTH], "little")
        return data[_LENGTH : _LENGTH + size]


_LENGTH = 4  # bytes in front of a result that is bytes


class SetUp:
    """Callable: call what ``reference`` names once in a worker, before its first item."""

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        """Name the set-up; empty for none."""
        self.reference = reference

    def __reduce__(self) -> tuple[type[SetUp], tuple[str]]:
        """Pickle as the reference."""
        return SetUp, (self.reference,)

    def __call__(self) -> None:
        """Call it, if there is one."""
        if self.reference:
            resolve(self.reference)()
