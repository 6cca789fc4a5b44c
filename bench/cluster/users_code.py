"""Which files the workers of a cluster need for a function of the user's: its module, or the package that holds it."""

from __future__ import annotations

from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Iterable


def modules(references: Iterable[str]) -> dict[str, Path]:
    """Return name -> file or folder of what lies in the user's own folders; the rest is installed, here as there.

    Args:
        references: functions, as ``pkg.module:name``; those named by the path of a file are looked up there under that
            path, and travel with no archive.
    """
    found = {}
    for reference in references:
        place = reference.rpartition(":")[0]
        top = place.partition(".")[0]
        spec = None if place.endswith(".py") or "/" in place else PathFinder.find_spec(top, user_code.folders())
        if spec and spec.origin:
            file = Path(spec.origin)
            found[top] = file.parent if file.name == "__init__.py" else file
    return found
