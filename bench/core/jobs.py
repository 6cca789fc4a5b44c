"""Which kinds of job there are, and which of them a case distributes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bench.core import catalog, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bench.core.case import Value
    from bench.core.job import JobKind

PACKAGE = "bench.jobs"
DEFAULT = "primes"  # what is distributed where nothing else is asked for


@cache
def load(name: str) -> JobKind:
    """Return the kind of job of this name; `BrokenPlugin` when its file breaks the contract."""
    module = catalog.load(PACKAGE, name)
    return module.JOB if hasattr(module, "JOB") else plain.kind_of(name, module)


@cache
def kinds() -> tuple[JobKind, ...]:
    """Load every kind of job, the default one first."""
    return tuple(map(load, _names()))


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(catalog.names(PACKAGE), key=lambda name: (name != DEFAULT, name)))


def asked_for(name: str | None, options: Collection[str]) -> JobKind:
    """Return the kind of job of this name; without one, that which an option asks for, or the default one."""
    if name:
        catalog.check_name(PACKAGE, name, "job", "primebench list jobs")
        return load(name)
    return next((kind for kind in kinds() if kind.asked_by in options), load(DEFAULT))


def of(params: Mapping[str, Value]) -> JobKind | None:
    """Return the kind of job that these params of a case belong to: the one all of whose axes they have."""
    # One after another: a measuring process loads no kind of job behind its own.
    found = map(load, _names())
    return next((kind for kind in found if all(axis.name in params for axis in kind.axes)), None)
