"""Which families there are, loaded by name; their members are not imported by this."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bench.core import catalog

if TYPE_CHECKING:
    from bench.core.family import Family

PACKAGE = "bench.families"


@cache
def load(name: str) -> Family:
    """Return the family whose folder is ``name``."""
    found: Family = catalog.load(f"{PACKAGE}.{name}", "_family", needs=("FAMILY",)).FAMILY
    return found


@cache
def every() -> tuple[Family, ...]:
    """Return every family."""
    return tuple(map(load, catalog.families(PACKAGE)))


def distributing() -> Family:
    """Return the family that distributes jobs."""
    return next(family for family in every() if family.shared_by)
