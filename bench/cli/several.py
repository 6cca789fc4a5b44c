"""Read several files, of which one that cannot be read is named and left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bench.cli import voice
from bench.core.errors import PrimebenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_Found = TypeVar("_Found")


def read_each(files: Mapping[str, Path], read: Callable[[Path], _Found | None]) -> tuple[dict[str, _Found], int]:
    """Return what ``read`` makes of files, by their names, and how many could not be read.

    Where it makes None of one, it has said itself why that one is left out.
    """
    found: dict[str, _Found] = {}
    failed = 0
    for name, file in files.items():
        try:
            one = read(file)
        except PrimebenchError as error:
            failed += 1
            voice.warn(f"left out: {error}")
            continue
        if one is not None:
            found[name] = one
    return found, failed
