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
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType
    from typing import Any

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = ("bench", "primes")
_FILE = os.path.abspath(__file__)


def command(python: str, module: str, *arguments: str, source: str = SOURCE) -> list[str]:
    """Return the command that runs ``module`` of the packages in the folder ``source``."""
    lock = sys._xoptions.get("gil")  # only of this Python: another one may have no lock to switch off
    told = ["-X", f"gil={lock}"] if lock is not None and python == sys.executable else []
    return [python, *told, *program(module, *arguments, source=source)]


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


class _PathWithout:
    """Finds what is on the path; in the libraries of another Python nothing but the packages of primebench."""

    def __init__(self, source: str) -> None:
        self.source = source

    def _rest(self, path: Iterable[str]) -> list[str]:
        return [entry for entry in path if entry != self.source]

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        own = path is not None or name in PACKAGES
        return PathFinder.find_spec(name, path if own else self._rest(sys.path), target)

    def find_distributions(self, context: Any = None) -> Any:
        from importlib.metadata import DistributionFinder

        context = context or DistributionFinder.Context()
        return PathFinder.find_distributions(
            DistributionFinder.Context(name=context.name, path=self._rest(context.path))
        )

    @staticmethod
    def invalidate_caches() -> None:
        PathFinder.invalidate_caches()


def _keep_apart(source: str) -> None:
    """Let this Python have primebench from a folder of another one's libraries, and none of the libraries."""
    place = next(index for index, finder in enumerate(sys.meta_path) if finder is PathFinder)
    sys.meta_path[place] = _PathWithout(source)


def _run() -> None:
    import runpy

    source = sys.argv[1]
    del sys.argv[:2]
    foreign = os.path.basename(source).endswith("-packages") and not any(_same(entry, source) for entry in sys.path)
    sys.path[:] = arranged(sys.path, source)
    if foreign:
        _keep_apart(source)
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run()
