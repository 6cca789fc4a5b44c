"""How a Python is started on one module of a known source, with the current folder behind everything else.

This file is both a module and the program that does it: ``python -P start.py SOURCE MODULE [ARGUMENTS]`` runs
``MODULE`` as ``python -m`` would, from the packages in the folder ``SOURCE``. With ``-m`` alone the current folder
would come first: a ``random.py`` in it would be executed, and a ``bench/`` in it measured. ``-P`` keeps it out, and
what multiprocessing starts from there inherits that. Another version of primebench may be what is started, so the
program needs nothing but this file.
"""

from __future__ import annotations

import os
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = ("bench", "primes")
_FILE = os.path.abspath(__file__)


def command(python: str, module: str, *arguments: str, source: str = SOURCE) -> list[str]:
    """Return the command that runs ``module`` of the packages in the folder ``source``."""
    return [python, *program(module, *arguments, source=source)]


def program(module: str, *arguments: str, source: str = SOURCE) -> list[str]:
    """Return what stands behind the interpreter in `command`."""
    # What this interpreter was told about its surroundings holds for those it starts.
    flags = [flag for flag, given in (("-E", sys.flags.ignore_environment), ("-s", sys.flags.no_user_site)) if given]
    return ["-P", *flags, _FILE, source, module, *arguments]


def settle() -> None:
    """Arrange the path of this process, and keep the current folder from what multiprocessing starts in it."""
    sys.path[:] = arranged(sys.path, SOURCE)
    os.environ["PYTHONSAFEPATH"] = "1"


def arranged(path: list[str], source: str) -> list[str]:
    """Return the path in this order: standard library, what is installed or named in PYTHONPATH, current folder.

    The current folder is there only if it was before. The source is put in where another primebench would be found
    first, or none at all.
    """
    entries = list(dict.fromkeys(path))
    ranks = {entry: 0 if _holds_library(entry) else 2 if _is_current(entry) else 1 for entry in entries}
    entries.sort(key=ranks.__getitem__)
    place = next((index for index, entry in enumerate(entries) if _holds_packages(entry)), len(entries))
    if place == len(entries) or not _same(entries[place], source):
        entries.insert(place, source)
    return entries


def _holds_library(entry: str) -> bool:
    name = os.path.basename(entry)
    packed = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    return entry == os.path.dirname(os.__file__) or name in ("lib-dynload", packed)


def _is_current(entry: str) -> bool:
    installed = os.path.basename(entry).endswith("-packages")  # somebody may work in there
    return not installed and _same(entry or os.curdir, os.curdir)


def _same(entry: str, other: str) -> bool:
    try:
        return os.path.samefile(entry, other)
    except OSError:  # no such folder
        return entry == other


def _holds_packages(entry: str) -> bool:
    places = (os.path.join(entry, name) for name in PACKAGES)
    return any(os.path.exists(place) or os.path.exists(f"{place}.py") for place in places)


def _run() -> None:
    import runpy

    source = sys.argv[1]
    del sys.argv[:2]
    sys.path[:] = arranged(sys.path, source)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run()
