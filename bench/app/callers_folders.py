"""The folders in which the program that asks finds what is not installed, for other processes to look there too."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from pathlib import Path

from bench.app.function_name import names_in
from bench.core.start import SOURCE
from bench.jobs._given import MAIN
from primes.user_code import GUARDED


def here() -> str:
    """Return the current folder; empty if it was deleted."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""


def folders(module: str = "") -> list[str]:
    """Return the current folder, and those where the program's imports look.

    The current folder comes first, as on the command line, unless a file in it would stand for a module that the
    program has imported from another one.

    Args:
        module: one that other processes have to find, in whatever way the program has found it.
    """
    current, places = here(), _path()
    if root := _root(module):
        places.append(root)
    ordered = [*places, current] if _hides_another(current) else [current, *places]
    return [place for place in dict.fromkeys(ordered) if len(place.splitlines()) == 1]


def _path() -> list[str]:
    """Return the entries of the path that not every Python has by itself."""
    looked_in = [entry for entry in sys.path if isinstance(entry, str)]  # imports pass over whatever else stands there
    entries = [Path(entry).resolve() for entry in looked_in if here() or Path(entry).is_absolute()]
    own = [entry for entry in entries if os.path.exists(entry) and not _is_installed(entry)]
    return [str(entry) for entry in own if entry != Path(SOURCE).resolve()]


def _is_installed(place: Path) -> bool:
    """Say whether it is a folder of libraries, of this Python or another, or the standard library or a part of it."""
    packed = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    known = (*sysconfig.get_paths().values(), *site.getsitepackages(), site.getusersitepackages())
    named = place.name in ("lib-dynload", packed) or place.name.endswith("-packages")
    return named or place in [Path(path).resolve() for path in known]


def _hides_another(place: str) -> bool:
    """Say whether a folder has a file by the name of a module that was imported from another one."""
    for name in [name for name in sys.modules if "." not in name and name != MAIN and name not in GUARDED]:
        file = _file(name)
        for own in (Path(place, f"{name}.py"), Path(place, name, "__init__.py")):
            if file and os.path.isfile(own) and own.resolve() != file:
                return True
    return False


def _root(module: str) -> str:
    """Return the folder from which a module is imported; empty for what Python finds by itself."""
    file = _file(module)
    if file is None:
        return ""
    depth = module.count(".") + (file.name.partition(".")[0] == "__init__")
    place = file.parents[min(depth, len(file.parents) - 1)]
    return "" if _is_installed(place) else str(place)


def _file(module: str) -> Path | None:
    """Return the file of a module, if it has one, without waking a module that loads when it is first used."""
    file = names_in(module).get("__file__")
    return Path(file).resolve() if isinstance(file, str) and file else None
