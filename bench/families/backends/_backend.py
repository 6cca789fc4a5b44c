"""A backend's file as a record; what the file defines is described in `bench.contract.backend`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from inspect import signature
from types import ModuleType
from typing import Any

from bench.contract.backend import Crew, Mapper
from bench.core import catalog
from bench.core.errors import BrokenPlugin

PACKAGE = "bench.families.backends"
PARALLELISMS = ("none", "threads", "interpreters", "processes", "hosts")


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend's file as a record; see `bench.contract.backend` for the meaning of the fields."""

    name: str
    open_mapper: Callable[[Crew], AbstractContextManager[Mapper]]
    parallelism: str
    fixed: Mapping[str, Any]
    takes: frozenset[str]
    standing: bool
    waits: bool
    copies: bool
    fixed_width: bool
    missing: str | None
    refuse: Callable[[Crew], str | None]
    caution: Callable[[Crew], str | None]
    snippet: Callable[..., str] | None
    no_snippet: str
    loads_program: bool
    sets_up: bool


def load(name: str) -> Backend:
    """Return the backend ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("PARALLELISM", "open_mapper"))
    _check(module)
    snippet = getattr(module, "snippet", None)
    return Backend(
        name=name,
        open_mapper=module.open_mapper,
        parallelism=module.PARALLELISM,
        fixed=getattr(module, "FIXED", {}),
        takes=frozenset(getattr(module, "TAKES", ())),
        standing=getattr(module, "STANDING", True),
        waits=getattr(module, "WAITS", False),
        copies=getattr(module, "COPIES", False),
        fixed_width=getattr(module, "FIXED_WIDTH", False),
        missing=catalog.missing(module),
        refuse=partial(catalog.reason_of, module, "refuse"),
        caution=partial(catalog.reason_of, module, "caution"),
        snippet=snippet,
        no_snippet=getattr(module, "NO_SNIPPET", "it brings no code that could be pasted."),
        loads_program=getattr(module, "LOADS_PROGRAM", True),
        sets_up=_sets_up(snippet),
    )


def _sets_up(snippet: Callable[..., str] | None) -> bool:
    try:
        return snippet is not None and "setup" in signature(snippet).parameters
    except ValueError:  # of a function that does not tell what it takes
        return False


def _check(module: ModuleType) -> None:
    """Raise `BrokenPlugin` where a name stands for something else than the contract says."""
    wrong = {
        "PARALLELISM": f"one of {', '.join(PARALLELISMS)}" if module.PARALLELISM not in PARALLELISMS else "",
        "open_mapper": "" if callable(module.open_mapper) else "a function",
        "FIXED": "" if isinstance(getattr(module, "FIXED", {}), Mapping) else "a dict of axis: value",
        "NO_SNIPPET": "" if isinstance(getattr(module, "NO_SNIPPET", ""), str) else "a sentence",
        "snippet": "" if callable(getattr(module, "snippet", print)) else "a function",
        "TAKES": "" if isinstance(getattr(module, "TAKES", ()), Collection) else "a set of axes",
    }
    for name, allowed in wrong.items():
        if allowed:
            raise BrokenPlugin(f"{module.__file__}: {name} is {getattr(module, name)!r}; it must be {allowed}.")
