"""A backend's file as a record; what the file defines is described in `bench.contract.backend`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from bench.contract.backend import Crew, Mapper
from bench.core import catalog

PACKAGE = "bench.families.backends"


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend's file as a record; see `bench.contract.backend` for the meaning of the fields."""

    name: str
    open_mapper: Callable[[Crew], AbstractContextManager[Mapper]]
    parallelism: str
    fixed: Mapping[str, Any]
    takes: frozenset[str]
    standing: bool
    copies: bool
    fixed_width: bool
    missing: str | None
    refuse: Callable[[Crew], str | None]


def load(name: str) -> Backend:
    """Return the backend ``name``; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name, needs=("PARALLELISM", "open_mapper"))
    return Backend(
        name=name,
        open_mapper=module.open_mapper,
        parallelism=module.PARALLELISM,
        fixed=getattr(module, "FIXED", {}),
        takes=frozenset(getattr(module, "TAKES", ())),
        standing=getattr(module, "STANDING", True),
        copies=getattr(module, "COPIES", False),
        fixed_width=getattr(module, "FIXED_WIDTH", False),
        missing=catalog.missing(module),
        refuse=getattr(module, "refuse", lambda _crew: None),
    )
