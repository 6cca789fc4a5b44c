"""Reading a file of JSON that may come from anywhere; whatever is wrong with it is one line."""

from __future__ import annotations

import codecs
import json
import stat
import zlib
from typing import TYPE_CHECKING, Any

from bench.core.errors import UnreadableRecord, reason

if TYPE_CHECKING:
    from pathlib import Path

_GZIP = b"\x1f\x8b"
_LARGEST = 2**28  # bytes, unpacked: two hundred times the largest record; a small packed file can hold terabytes
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read(path: Path) -> Any:
    """Return what a file holds, packed with gzip or not.

    It must be a regular file: a pipe could block for ever, and a device has no end.

    Raises:
        UnreadableRecord: there is no such file, or it is no JSON in UTF-8, or a key occurs twice in an object.
    """
    raw = _unpacked(path, _bytes_of(path))
    if not raw.strip():
        raise UnreadableRecord(f"{path}: is empty.")
    try:
        text = raw.decode("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError as error:
        utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        why = "it seems to be UTF-16" if utf16 else f"byte {error.start} does not fit"
        raise UnreadableRecord(f"{path}: no JSON, which is written in UTF-8 ({why}).") from error
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecord(f"{path}: no JSON, or truncated ({reason(error)}).") from error


def _bytes_of(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = _KINDS.get(stat.S_IFMT(mode), "something else")
            raise UnreadableRecord(f"{path}: is {kind}, and not a regular file.")
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise UnreadableRecord(f"{path}: {error.strerror or error}.") from error
    except ValueError as error:  # a name that no file can have
        raise UnreadableRecord(f"{path}: {reason(error)}.") from error
    return _small_enough(path, raw)


def _unpacked(path: Path, raw: bytes) -> bytes:
    """Return the content of all members of a packed file, or the bytes themselves when they are not packed."""
    found = b""
    while raw.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)  # with the header and the checksum of gzip
        try:
            found += member.decompress(raw, _LARGEST + 1 - len(found))
        except zlib.error as error:
            raise UnreadableRecord(f"{path}: packed with gzip, but damaged ({reason(error)}).") from error
        _small_enough(path, found)
        if not member.eof:
            raise UnreadableRecord(f"{path}: packed with gzip, but truncated.")
        raw = member.unused_data
        if raw.strip(b"\0") and not raw.startswith(_GZIP):
            raise UnreadableRecord(f"{path}: packed with gzip, but damaged (something else follows).")
        if not raw.startswith(_GZIP):
            return found
    return raw


def _small_enough(path: Path, raw: bytes) -> bytes:
    if len(raw) > _LARGEST:
        raise UnreadableRecord(f"{path}: larger than {_LARGEST >> 20} MiB, and so no record.")
    return raw


def _object(pairs: list[Any]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {json.dumps(twice[:60])} occurs twice in an object")
    return made
