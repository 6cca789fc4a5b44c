"""Finding plugins: a public module in a plugin folder is a member, named after its file.

Names and summaries are read from the folder without importing anything, so that listing stays instant and a broken
or missing library hurts only the member that needs it. File names use underscores, members are shown with hyphens.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import BrokenPlugin, UnknownName
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

_EXTRA_LINE = re.compile(r'^EXTRA = "([\w-]+)"', re.MULTILINE)
_DOCSTRING_LINE = re.compile(r'^[rR]?"""(.+?)(?:"""|$)', re.MULTILINE)


def folder(package: str) -> Path:
    """Return the folder of ``package`` without importing the package itself."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BrokenPlugin(f"{package} is no plugin folder.")
    return Path(next(iter(spec.submodule_search_locations)))


def names(package: str) -> tuple[str, ...]:
    """Return the names of all members of ``package``, sorted."""
    found = (module.name for module in pkgutil.iter_modules([str(folder(package))]) if not module.ispkg)
    return tuple(sorted(name.replace("_", "-") for name in found if not name.startswith("_")))


def families(package: str) -> tuple[str, ...]:
    """Return the names of the folders in ``package`` that are families: those that hold a ``_family.py``, sorted."""
    found = (module.name for module in pkgutil.iter_modules([str(folder(package))]) if module.ispkg)
    return tuple(sorted(name for name in found if (folder(package) / name / "_family.py").exists()))


def path(package: str, name: str) -> Path:
    """Return the file of the member ``name``."""
    return folder(package) / f"{name.replace('-', '_')}.py"


def summary(package: str, name: str) -> str:
    """Return the first line of the docstring of the member ``name``, read from its file."""
    match = _DOCSTRING_LINE.search(path(package, name).read_text(encoding="utf-8", errors="replace"))
    return match[1].strip() if match else ""


def extra(package: str, name: str) -> str | None:
    """Return the extra that brings the library which the member ``name`` is made of, read from its file; or None."""
    match = _EXTRA_LINE.search(path(package, name).read_text(encoding="utf-8", errors="replace"))
    return match[1] if match else None


def check_name(package: str, name: str, kind: str, listing: str) -> None:
    """Raise `UnknownName` unless ``name`` is a member of ``package``; ``listing`` is the command that shows all."""
    known = names(package)
    if name not in known:
        raise UnknownName(kind, name, known, f'"{listing}" shows all.')


def select(package: str, patterns: Iterable[str], kind: str, listing: str) -> tuple[str, ...]:
    """Return the members that ``patterns`` choose, in the order of the patterns, each once.

    A pattern is a name, a glob such as ``pool*``, ``all`` for those that need no further library, or ``everything``. A
    pattern that chooses nothing raises `UnknownName`.
    """
    known = names(package)
    chosen: dict[str, None] = {}
    for pattern in patterns:
        matches: Iterable[str] = [name for name in known if fnmatchcase(name, pattern)]
        if pattern in ("all", "everything"):
            matches = [name for name in known if pattern == "everything" or not extra(package, name)]
        if not matches:
            raise UnknownName(kind, pattern, known, f'"{listing}" shows all.')
        chosen |= dict.fromkeys(matches)
    return tuple(chosen)


def load(package: str, name: str, needs: Iterable[str] = ()) -> ModuleType:
    """Import the member ``name`` and make sure that it defines every name in ``needs``.

    Raises:
        BrokenPlugin: the file cannot be imported or lacks a name; the message gives file and reason.
    """
    module_name = f"{package}.{name.replace('-', '_')}"
    where = path(package, name)
    try:
        module = importlib.import_module(module_name)
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
    try:
        reason: str | None = module.missing(*about) if hasattr(module, "missing") else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenPlugin(f"{module.__file__}: missing() fails ({said(error)}).") from error
    if reason is not None and not isinstance(reason, str):
        raise BrokenPlugin(f"{module.__file__}: missing() returns {reason!r}; it must be a reason, or None.")
    return reason
