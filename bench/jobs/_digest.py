"""What tells values of a user's from others, and is the same in every process for the same values."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
from collections.abc import Sequence
from typing import Any

_PROTOCOL = 4  # a fixed one: digests of different Pythons are compared
_SETS = (b"\x8f", b"\x91")  # with these bytes protocol 4 begins a set and ends a frozenset
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def digest(items: Sequence[Any]) -> str:
    """Return the SHA-256 of the items; of those that cannot be pickled, that of their looks."""
    try:
        data = _pickled(items)
    except Exception:
        data = b"".join(map(fingerprint, items))
    return hashlib.sha256(data).hexdigest()


def fingerprint(value: Any) -> bytes:
    """Return 32 bytes that equal values share, unless they are equal for reasons of their own, as 1 and 1.0 are."""
    try:
        data = _pickled(value)
    except Exception:
        data = _looks(value)
    return hashlib.sha256(data).digest()


def _pickled(value: Any) -> bytes:
    """Return the value pickled, with sets in an order that does not change from process to process."""
    data = pickle.dumps(value, _PROTOCOL)
    return _in_order(value) if any(mark in data for mark in _SETS) else data  # it takes several times as long


def _in_order(value: Any) -> bytes:
    with io.BytesIO() as file:
        _Orderly(file, _PROTOCOL).dump(value)
        return file.getvalue()


class _Orderly(pickle.Pickler):
    """Writes a set, however deep it lies, as its members in the order of their own bytes."""

    def persistent_id(self, value: Any) -> tuple[str, list[bytes]] | None:
        """Return what is written in place of a set; None for anything else, which is pickled as always."""
        if type(value) is set or type(value) is frozenset:
            return type(value).__name__, sorted(map(_in_order, value))
        return None


def _looks(value: Any) -> bytes:
    """Return how a value shows itself, without where it lies in memory."""
    try:
        return _ADDRESS.sub("", repr(value)).encode(errors="surrogatepass")
    except Exception:
        return type(value).__qualname__.encode()
