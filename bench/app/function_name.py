"""The name by which other processes import a function that the program which asks has at hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from types import BuiltinMethodType, CellType, MethodType
from typing import Any

from bench.core.errors import UsageError
from bench.jobs._given import MAIN

_BOUND = (MethodType, BuiltinMethodType)  # made anew each time they are looked up


def name_of(function: Callable[[Any], Any]) -> tuple[str, str]:
    """Return the module in which other processes find a function, and its name there.

    Its own name need not lead to it: that of a wrapper may be the decorator's, and a partial has none.

    Raises:
        UsageError: they do not find it.
    """
    if not callable(function):
        raise UsageError(f"an object of {type(function).__name__} cannot be called; hand over the function itself.")
    module, name = _own_name(function)
    if module and name and module != MAIN and _is(_named(module, name), function):
        return module, name
    found = next(_places(function, _likely(function)), None)
    if found is None or module == MAIN:  # which other modules may have been lent
        raise UsageError(_nowhere(function))
    return found


def _own_name(function: Callable[[Any], Any]) -> tuple[str, str]:
    return getattr(function, "__module__", None) or "", getattr(function, "__qualname__", None) or ""


def _named(module: str, name: str) -> Any:
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _is(found: Any, function: Any) -> bool:
    """Say whether it is this very function, or the same method of the same object."""
    return found is function or (type(found) is type(function) and isinstance(found, _BOUND) and found == function)


def _places(function: Callable[[Any], Any], modules: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each module at whose top a function has a name, or what it is a method of, and the name there."""
    of = function.__self__ if isinstance(function, _BOUND) else function
    method = "" if of is function else f".{function.__name__}"
    for module in modules:
        for name, value in names_in(module).items():
            if value is of and name.isidentifier() and _is(_named(module, f"{name}{method}"), function):
                yield module, f"{name}{method}"


def names_in(module: str) -> dict[str, Any]:
    """Return what a module holds by name, without waking a module that loads when it is first used."""
    try:
        return dict(object.__getattribute__(sys.modules[module], "__dict__"))
    except (KeyError, AttributeError):  # something else may stand in its place
        return {}


def _likely(function: Callable[[Any], Any]) -> list[str]:
    """Return the modules that other processes find: first those of what the function is made of, and its own."""
    made_of = [getattr(function, name, None) for name in ("__wrapped__", "func", "__self__")]
    held = [_content(cell) for cell in getattr(function, "__closure__", None) or ()]
    first = [getattr(part, "__module__", None) for part in (*made_of, *held, function)]
    known = [name for name in first if isinstance(name, str)]
    return [name for name in dict.fromkeys((*known, *sys.modules)) if name not in (MAIN, "__mp_main__")]


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # nothing yet
        return None


def _nowhere(function: Callable[[Any], Any]) -> str:
    """Return what to do with a function that no other process finds."""
    module, name = _own_name(function)
    own = name if module == MAIN and "<" not in name else ""
    own = own or next((name for _, name in _places(function, [MAIN])), "")
    if own or module == MAIN:
        return moved(own or name or type(function).__name__)
    if module and name and "<" not in name and not isinstance(function, _BOUND):
        return f"{module}:{name} is not the function that was given, but another one; give it a name there."
    return (
        f"{name or f'this {type(function).__name__}'} has no name at the top of a module, by which worker processes "
        'could import it; give it one in a file, for example "task = ..." in work.py, and use "from work import task".'
    )


def moved(what: str, which: str = "") -> str:
    """Return what to do with something of the program itself, which no other process imports.

    Args:
        what: its name.
        which: what cannot be handed over for that reason.
    """
    name = what if what.isidentifier() else "name"
    so_that = f", so that {which} cannot be handed over" if which else ""
    advice = f'move it to a file, for example work.py, and use "from work import {name}".'
    return f"{what} cannot be imported by worker processes{so_that}; {advice}"
