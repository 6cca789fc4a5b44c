"""Finding plugins: a public module in a plugin folder is a member, named after its file; others offer theirs by name.

What belongs to a folder is read from it, and what other packages add, from their entry points: both without importing
anything, so that listing stays instant and a broken or missing library hurts only the member that needs it. File names
use underscores, members are shown with hyphens.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
from fnmatch import fnmatchcase
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import entry_points
from bench.core.errors import BrokenPlugin, UnknownName
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from bench.core.entry_points import EntryPoint

OURS = "primebench"  # where our own members come from
# Our folders that others add to, and the group of entry points by which they do.
GROUPS = {
    "bench.families.backends": "primebench.backends",
    "bench.jobs": "primebench.jobs",
    "bench.plans": "primebench.plans",
    "bench.reports.formats": "primebench.formats",
    "primes.kernels": "primebench.kernels",
}
_SUFFIXES = {"bench.plans": ".toml"}  # what a member's file ends with, where it is no module

_EXTRA_LINE = re.compile(r'^EXTRA = "([\w-]+)"', re.MULTILINE)
_LIBRARY_LINE = re.compile(r'^LIBRARY = "([\w.-]+)"', re.MULTILINE)
_DOCSTRING_LINE = re.compile(r'^[rR]?"""(.+?)(?:"""|$)', re.MULTILINE)


def folder(package: str) -> Path:
    """Return the folder of ``package`` without importing the package itself."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BrokenPlugin(f"{package} is no plugin folder.")
    return Path(next(iter(spec.submodule_search_locations)))


# --- names --------------------------------------------------------------------------------------------------------


def names(package: str) -> tuple[str, ...]:
    """Return the names of all members of ``package``, sorted: our own and those that others add."""
    return tuple(sorted({*own_names(package), *(point.name for point in _added(package))}))


def own_names(package: str) -> tuple[str, ...]:
    """Return the names of the members that lie in the folder of ``package``, sorted."""
    suffix = _SUFFIXES.get(package, ".py")
    files = (entry.name for entry in os.scandir(folder(package)) if entry.name.endswith(suffix))
    stems = (name.removesuffix(suffix) for name in files if not name.startswith("_"))
    return tuple(sorted(_shown(stem, suffix) for stem in stems))


def families(package: str) -> tuple[str, ...]:
    """Return the names of the folders in ``package`` that are families: those that hold a ``_family.py``, sorted."""
    return tuple(sorted(path.parent.name for path in folder(package).glob("[!_]*/_family.py")))


def _shown(stem: str, suffix: str) -> str:
    return stem.replace("_", "-") if suffix == ".py" else stem


def _is_ours(package: str, name: str) -> bool:
    return _own_path(package, name).is_file()


def _added(package: str) -> tuple[EntryPoint, ...]:
    group = GROUPS.get(package)
    return entry_points.of(group) if group else ()


def _point(package: str, name: str) -> EntryPoint:
    found = [point for point in _added(package) if point.name == name]
    if not found:
        raise BrokenPlugin(f"{name} is no member of {package}.")
    return found[0]


def origin(package: str, name: str) -> str:
    """Return who brings the member ``name``: ``primebench``, or the name of a distribution; all of them if several."""
    return ", ".join(_owners(package, name))


def _owners(package: str, name: str) -> list[str]:
    ours = [OURS] if _is_ours(package, name) else []
    return [*ours, *(point.distribution for point in _added(package) if point.name == name)]


def check_owner(package: str, name: str) -> None:
    """Raise `BrokenPlugin` when several packages bring a member of this name: nobody knows which one is meant."""
    owners = _owners(package, name)
    if len(owners) > 1:
        group = GROUPS[package]
        raise BrokenPlugin(
            f"{name} is brought by {' and by '.join(owners)}, and a name of {group} belongs to one package; "
            f"uninstall {' or '.join(owner for owner in owners if owner != OURS)}, or rename what it brings."
        )


def version(package: str, name: str) -> str:
    """Return name and version of the library that a member is made of, and of the package that brings it; or nothing.

    The library is the one that its file names as ``LIBRARY``, or else as ``EXTRA``.
    """
    ours = _is_ours(package, name)
    point = None if ours else _point(package, name)
    found = [f"{point.distribution} {point.version}"] if point else []
    match = _LIBRARY_LINE.search(_text(package, name)) or _EXTRA_LINE.search(_text(package, name))
    number = entry_points.version(match[1]) if match else None
    return ", ".join([*found, *([f"{match[1]} {number}"] if match and number else [])])


# --- what a member's file says, without importing it ---------------------------------------------------------------


def path(package: str, name: str) -> Path:
    """Return the file of the member ``name``; `BrokenPlugin` when a package offers one that is not there."""
    if _is_ours(package, name) or not any(point.name == name for point in _added(package)):
        return _own_path(package, name)
    point = _point(package, name)
    suffix = _SUFFIXES.get(package)
    spec = _spec(point.module)
    places = spec.submodule_search_locations if spec else None
    where = Path(next(iter(places)), f"{name}{suffix}") if suffix and places else None
    if spec and spec.origin and not suffix:
        where = Path(spec.origin)
    if where is None or not os.path.isfile(where):
        what = point.module + (f" with a file {name}{suffix}" if suffix else "")
        raise BrokenPlugin(f"{name}: there is no {what}, which {point.distribution} offers under that name.")
    return where


def _own_path(package: str, name: str) -> Path:
    suffix = _SUFFIXES.get(package, ".py")
    return folder(package) / f"{name.replace('-', '_') if suffix == '.py' else name}{suffix}"


def _spec(module: str) -> ModuleSpec | None:
    """Find a module without importing the packages that hold it."""
    top, _, rest = module.partition(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    name = top
    for part in filter(None, rest.split(".")):
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return spec


def summary(package: str, name: str) -> str:
    """Return the first line of the docstring of the member ``name``, read from its file."""
    match = _DOCSTRING_LINE.search(_text(package, name))
    return match[1].strip() if match else ""


def extra(package: str, name: str) -> str | None:
    """Return the extra that brings the library which the member ``name`` is made of, read from its file; or None."""
    match = _EXTRA_LINE.search(_text(package, name))
    return match[1] if match else None


def _text(package: str, name: str) -> str:
    return path(package, name).read_text(encoding="utf-8", errors="replace")


# --- choosing and loading -----------------------------------------------------------------------------------------


def check_name(package: str, name: str, kind: str, listing: str) -> None:
    """Raise `UnknownName` unless ``name`` is a member of ``package``; ``listing`` is the command that shows all."""
    known = names(package)
    if name not in known:
        raise UnknownName(kind, name, known, f'"{listing}" shows all.')
    check_owner(package, name)


def select(package: str, patterns: Iterable[str], kind: str, listing: str) -> tuple[str, ...]:
    """Return the members that ``patterns`` choose, in the order of the patterns, each once.

    A pattern is a name, a glob such as ``pool*``, ``all`` for those of ours that need no further library, or
    ``everything``. A pattern that chooses nothing raises `UnknownName`.
    """
    known = names(package)
    chosen: dict[str, None] = {}
    for pattern in patterns:
        matches: Iterable[str] = [name for name in known if fnmatchcase(name, pattern)]
        if pattern == "everything":
            matches = known
        elif pattern == "all":
            matches = [name for name in own_names(package) if not extra(package, name)]
        if not matches:
            raise UnknownName(kind, pattern, known, f'"{listing}" shows all.')
        if pattern != "all":
            for name in matches:
                check_owner(package, name)
        chosen |= dict.fromkeys(matches)
    return tuple(chosen)


def module_name(package: str, name: str) -> str:
    """Return the name under which the member ``name`` is imported; ours come first, and ask nobody else."""
    ours = f"{package}.{name.replace('-', '_')}"
    return ours if package not in GROUPS or _is_ours(package, name) else _point(package, name).module


def load(package: str, name: str, needs: Iterable[str] = ()) -> ModuleType:
    """Import the member ``name`` and make sure that it defines every name in ``needs``.

    Raises:
        BrokenPlugin: the file cannot be imported or lacks a name; the message gives file and reason.
    """
    module_of = module_name(package, name)
    where = path(package, name)
    try:
        module = importlib.import_module(module_of)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenPlugin(f"{where}: cannot be imported ({said(error)}).") from error
    missing = [need for need in needs if not hasattr(module, need)]
    if missing:
        raise BrokenPlugin(f"{where}: does not define {', '.join(missing)}, which every member of {package} needs.")
    return module


def missing(module: ModuleType, *about: object) -> str | None:
    """Return why a member cannot run here, as its ``missing`` says, if it has one; ``about`` is what that takes.

    Raises:
        BrokenPlugin: that fails, or returns no reason.
    """
    return reason_of(module, "missing", *about)


def reason_of(module: ModuleType, name: str, *about: object) -> str | None:
    """Return the reason that the function of this name gives, if a member has one; `BrokenPlugin` as in `missing`."""
    try:
        reason: str | None = getattr(module, name)(*about) if hasattr(module, name) else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenPlugin(f"{module.__file__}: {name}() fails ({said(error)}).") from error
    if reason is not None and not isinstance(reason, str):
        raise BrokenPlugin(f"{module.__file__}: {name}() returns {reason!r}; it must be a reason, or None.")
    return reason
