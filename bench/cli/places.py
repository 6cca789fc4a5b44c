"""Which files the places on a command line stand for: a file for itself, a folder for what lies in it and below it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ENDS = (".json", ".json.gz")
_OF_OTHERS = frozenset({"node_modules"})  # folders of what others have installed, which hold thousands of JSON files


def files_of(places: Iterable[Path], unread: Callable[[OSError], object]) -> dict[Path, bool]:
    """Return each file once -> whether it is named itself, and not only a folder that it lies in.

    Called with the error is ``unread`` for each folder that cannot be read.
    """
    found: dict[str, tuple[Path, bool]] = {}
    for place in places:
        named = not os.path.isdir(place)
        for file in [place] if named else inside(place, unread):
            behind = real(file)
            first, before = found.get(behind, (file, False))
            found[behind] = first, before or named
    return dict(found.values())


def real(file: Path) -> str:
    """Return the path behind all links; of a link in a circle, or in a current folder that is gone, its own."""
    try:
        return os.path.realpath(file)
    except OSError:
        return str(file)


def inside(folder: Path, unread: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the JSON files in a folder and below it, in the order of their names; hidden files and folders are none."""
    for place, folders, files in os.walk(folder, onerror=unread):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _OF_OTHERS)
        yield from (Path(place, name) for name in sorted(files) if name.endswith(_ENDS) and not name.startswith("."))
