"""A function of the user's on its way to workers: pickled as the name it was given, unpickled as the function itself.

Where it has a set-up, a worker calls that before its first item, however the worker was made and the function has come
to it. Loaded in worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import os
from _thread import _local, get_native_id  # what `threading` exports, which workers have no other use for

from primes import user_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


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
            raise user_code.UnknownCode(
                f"{where} defines no {part}, which {reference} names{user_code.hidden(place)}."
            ) from None
    return found


_worker = _local()  # ``ready``: which set-up this thread of this process has called
_ready: dict[int, tuple[str, int]] = {}  # the same by thread: an interpreter forgets what is a thread's at each call


class SetUp:
    """Callable: call what ``reference`` names, unless this worker has; nothing for an empty reference."""

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        """Name the set-up; empty for none."""
        self.reference = reference

    def __reduce__(self) -> tuple[type[SetUp], tuple[str]]:
        """Pickle as the reference."""
        return SetUp, (self.reference,)

    def __call__(self) -> None:
        """Call it, if there is one; a process that was forked is another worker than the one it comes from."""
        now = (self.reference, os.getpid())
        if not self.reference or getattr(_worker, "ready", None) == now:
            return
        thread = get_native_id()
        if _ready.get(thread) != now:
            setup = resolve(self.reference)
            try:
                setup()
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # one that ends a process must not end a worker, which nobody would miss
                raise RuntimeError(f"the set-up {self.reference} fails ({user_code.said(error)})") from error
            _ready[thread] = now
        _worker.ready = now


class After:
    """A task that lets the set-up be called first."""

    __slots__ = ("setup", "task")

    def __init__(self, setup: SetUp, task: Callable[[Any], Any]) -> None:
        """Name both."""
        self.setup, self.task = setup, task

    def set_up(self) -> None:
        """Do what comes before this worker's first item, and what no item does any more then."""
        self.setup()

    def __call__(self, item: Any) -> Any:
        """Return the result for an item."""
        self.setup()
        return self.task(item)


def ready(reference: str, setup: str) -> Callable[[Any], Any]:
    """Return the function that ``reference`` names; where there is a set-up, behind that."""
    task: Callable[[Any], Any] = resolve(reference)
    return After(SetUp(setup), task) if setup else task


def travelling(reference: str, setup: str = "") -> user_code.Travelling:
    """Return the same for this process, and for each that unpickles it."""
    return user_code.Travelling(ready, reference, setup)


class FixedWidth:
    """A task whose results have a fixed width, so that they fit into slots of shared memory.

    ``form`` is ``int64``, ``float64`` or ``bytes``; bytes have their length in front.
    """

    __slots__ = ("bytes_each", "form", "reference", "setup", "task")

    def __init__(self, reference: str, form: str, bytes_each: int, setup: str = "") -> None:
        """Call what ``reference`` names, behind its set-up; a result takes ``bytes_each`` bytes at most."""
        self.reference, self.form, self.bytes_each, self.setup = reference, form, bytes_each, setup
        self.task = ready(reference, setup)

    def __reduce__(self) -> tuple[type[FixedWidth], tuple[str, str, int, str]]:
        """Pickle as what the constructor takes."""
        return FixedWidth, (self.reference, self.form, self.bytes_each, self.setup)

    def __call__(self, item: Any) -> Any:
        """Return the result for an item."""
        return self.task(item)

    def set_up(self) -> None:
        """Do what comes before this worker's first item."""
        SetUp(self.setup)()

    def width(self, _item: Any) -> int:
        """Return how many bytes a slot has."""
        return self.bytes_each + (_LENGTH if self.form == "bytes" else 0)

    def to_bytes(self, result: Any) -> bytes:
        """Return the result as the bytes that shared memory holds; ValueError when it does not fit.

        Raises:
            TypeError: it is of another type than the results of the plain loop, so that bytes would be cut from it.
        """
        if not isinstance(result, _TYPES[self.form]):
            raise TypeError(f"a result is of type {type(result).__name__}, and in the plain loop {self.form}.")
        if self.form == "int64":
            number: bytes = result.to_bytes(8, "little", signed=True)
            return number
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


_TYPES: dict[str, Any] = {"int64": int, "float64": float, "bytes": bytes}
_LENGTH = 4  # bytes in front of a result that is bytes
