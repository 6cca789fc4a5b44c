"""What installed distributions offer under our groups of entry points, read from their files.

Nothing is imported for it, neither what is offered nor ``importlib.metadata``, whose import alone takes longer than
the whole start of the command line. Every call looks at the folders of ``sys.path`` anew, unless none has changed.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass

PREFIX = "primebench."  # of the names of all our groups

_NAME = re.compile(rb"^Name:[ \t]*(\S+)", re.MULTILINE)
_VERSION = re.compile(rb"^Version:[ \t]*(\S+)", re.MULTILINE)
_METADATA = ("METADATA", "PKG-INFO")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One name that a distribution offers.

    Attributes:
        group: for example ``primebench.backends``.
        name: what users write.
        module: the module that it stands for.
        distribution: who offers it.
        version: of the distribution.
    """

    group: str
    name: str
    module: str
    distribution: str
    version: str


_seen: dict[tuple[tuple[str, int], ...], tuple[EntryPoint, ...]] = {}  # of the folders as they were last


def of(group: str) -> tuple[EntryPoint, ...]:
    """Return what is offered under a group, in the order of the path."""
    return tuple(entry for entry in _every() if entry.group == group)


def version(distribution: str) -> str | None:
    """Return the version of an installed distribution, or None."""
    wanted = _normal(distribution)
    for folder in _folders():
        for path, name in _distributions(folder):
            if name == wanted:
                found = _VERSION.search(_metadata(path))
                return found[1].decode(errors="replace") if found else None
    return None


def _every() -> tuple[EntryPoint, ...]:
    folders = _folders()
    key = tuple((folder, _changed(folder)) for folder in folders)
    if key not in _seen:
        _seen.clear()
        _seen[key] = tuple(_read(folders))
    return _seen[key]


def _folders() -> list[str]:
    return list(dict.fromkeys(entry or os.curdir for entry in sys.path))


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return -1


def _read(folders: list[str]) -> list[EntryPoint]:
    found: list[EntryPoint] = []
    known: set[str] = set()
    for folder in folders:
        for path, name in _distributions(folder):
            if name in known:  # the first one on the path is the one that is imported
                continue
            known.add(name)
            text = _bytes(os.path.join(path, "entry_points.txt"))
            if PREFIX.encode() in text:
                found += _entries(path, text.decode(errors="replace"))
    return found


def _distributions(folder: str) -> list[tuple[str, str]]:
    """Return (path, normal name) of the distributions whose files a folder of the path holds."""
    try:
        entries = sorted(os.listdir(folder))
    except OSError:  # a packed one, or none at all
        return []
    names = (entry for entry in entries if entry.endswith((".dist-info", ".egg-info")))
    return [(os.path.join(folder, name), _normal(name.rpartition(".")[0].partition("-")[0])) for name in names]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _entries(path: str, text: str) -> list[EntryPoint]:
    metadata = _metadata(path)
    name, number = (match[1].decode(errors="replace") if match else "" for match in _search(metadata))
    group, found = "", []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group.startswith(PREFIX) and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            module = re.split(r"[\s:\[]", value.strip(), maxsplit=1)[0]
            found.append(EntryPoint(group, key.strip(), module, name or os.path.basename(path), number))
    return found


def _search(metadata: bytes) -> tuple[re.Match[bytes] | None, re.Match[bytes] | None]:
    return _NAME.search(metadata), _VERSION.search(metadata)


def _metadata(path: str) -> bytes:
    return next(filter(None, (_bytes(os.path.join(path, name)) for name in _METADATA)), b"")


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
