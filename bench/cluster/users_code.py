"""Which files the workers of a cluster need for a function of the user's: its module, or the package that holds it."""

from __future__ import annotations

import os
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.machinery import ModuleSpec


def modules(references: Iterable[str]) -> dict[str, Path]:
    """Return name -> file or folder of what lies in the user's own folders; the rest is installed, here as there.

    Args:
        references: functions, as ``pkg.module:name`` or ``file.py:name``. A file travels as the module that stands for
            it (see `primes.user_code`), which is found in place of a file that is not there.
    """
    found = {}
    for reference in references:
        place = reference.rpartition(":")[0]
        if user_code.is_file(place):
            if os.path.isfile(path := user_code.path_of(place)):
                found[user_code.name_of(path)] = Path(path)
            continue
        top = place.partition(".")[0]
        spec = None if top in user_code.GUARDED else PathFinder.find_spec(top, user_code.folders())
        if spec and spec.origin:
            file = Path(spec.origin)
            found[top] = file.parent if file.name == "__init__.py" else file
        elif folder := _bare(spec, place):
            found[top] = folder
    return found


def _bare(spec: ModuleSpec | None, place: str) -> Path | None:
    """Return the folder without an ``__init__.py`` that holds the module named; others are no packages."""
    folders = map(Path, spec.submodule_search_locations or ()) if spec else ()
    return next((folder for folder in folders if _holds(folder, place.split(".")[1:])), None)


def _holds(folder: Path, parts: Sequence[str]) -> bool:
    path = folder.joinpath(*parts)
    return os.path.isfile(f"{path}.py") or os.path.isfile(path / "__init__.py")
