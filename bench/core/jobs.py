"""Which kinds of job there are, and which of them a case distributes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bench.core import catalog, plain
from bench.core.errors import BrokenPlugin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from types import ModuleType

    from bench.core.case import Value
    from bench.core.job import JobKind

PACKAGE = "bench.jobs"
DEFAULT = "primes"  # what is distributed where nothing else is asked for
# What is an option already, or an axis of the backends, in any command that takes a job.
TAKEN = frozenset({
    "affinity", "again", "against", "alpha", "anonymous", "answers_may_differ", "backend", "base", "budget",
    "budget_s", "channel", "chunksize", "control", "drift", "dry_run", "effort", "explain", "faults", "file",
    "force", "form", "format", "head", "help", "help_all", "inherit_environ", "install", "job", "label", "lifecycle",
    "margin", "min_time", "observe", "output", "pairs", "phase", "pin", "plan", "plan_name", "primitive", "python",
    "pythons", "range", "range_", "record", "records", "resume", "rounds", "scheduler", "scheduler_file", "seed",
    "slowdown", "source", "start", "tasks_per_child", "threshold", "timeout", "tls_ca", "tls_cert", "tls_key",
    "values", "verbose", "warmups", "width", "workers",
})  # fmt: skip

_AXIS = re.compile(r"[a-z][a-z0-9_]*")


def load(name: str) -> JobKind:
    """Return the kind of job of this name; `BrokenPlugin` when its file breaks the contract."""
    return _own(name) if name in _own_names() else _kind_of(name, catalog.load(PACKAGE, name))


@cache
def _own(name: str) -> JobKind:
    module = catalog.load(PACKAGE, name)
    return module.JOB if hasattr(module, "JOB") else _kind_of(name, module)


@cache
def _own_names() -> tuple[str, ...]:
    return tuple(sorted(catalog.own_names(PACKAGE), key=lambda name: (name != DEFAULT, name)))


def _kind_of(name: str, module: ModuleType) -> JobKind:
    kind = plain.kind_of(name, module)
    for axis in kind.axes:
        if axis.name in TAKEN or not _AXIS.fullmatch(axis.name):
            why = "is taken" if axis.name in TAKEN else "is no word of small letters, digits and underscores"
            raise BrokenPlugin(f"{module.__file__}: the name of its axis {axis.name} {why}; choose another one.")
    return kind


def kinds() -> tuple[JobKind, ...]:
    """Load every kind of job that can be loaded, the default one first; one that is broken hurts only itself."""
    added = map(_unbroken, sorted({*catalog.names(PACKAGE)} - {*_own_names()}))
    return (*map(_own, _own_names()), *(kind for kind in added if kind))


def code_axes() -> frozenset[str]:
    """Return the axes that name the code which a job runs."""
    return frozenset(axis for kind in kinds() for axis in kind.of_workers)


def _unbroken(name: str) -> JobKind | None:
    try:
        catalog.check_owner(PACKAGE, name)
        return load(name)
    except BrokenPlugin:
        return None


def asked_for(name: str | None, options: Collection[str]) -> JobKind:
    """Return the kind of job of this name; without one, that which an option asks for, or the default one."""
    if name:
        catalog.check_name(PACKAGE, name, "job", "primebench list jobs")
        return load(name)
    return next((kind for kind in kinds() if kind.asked_by in options), load(DEFAULT))


def of(params: Mapping[str, Value]) -> JobKind | None:
    """Return the kind of job that these params of a case belong to: the one they name, or all of whose axes they have.

    A measuring process asks this, so nothing is loaded or looked for that the case has no need of.
    """
    return load(str(params["job"])) if "job" in params else ours(params)


def ours(params: Mapping[str, Value]) -> JobKind | None:
    """Return the kind of job of our own that these params belong to: the one all of whose axes they have.

    Whoever only shows a record asks this, and so runs no code that the record names.
    """
    return next((kind for kind in map(_own, _own_names()) if all(axis.name in params for axis in kind.axes)), None)
