"""What ``primebench list`` knows about each kind of member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.cli.options import FAMILIES, plan_file_of, plan_names
from bench.core import catalog
from bench.core.errors import BrokenPlugin
from primes import kernel, workload

Entry = dict[str, Any]


def entries(kind: str) -> list[Entry]:
    """Return one dict per member: name, summary, missing (the reason or None), and what else belongs to the kind."""
    if kind == "plans":
        return [{"name": name, "summary": plan_file_of(name).summary, "missing": None} for name in plan_names()]
    package, details = {
        "kernels": (kernel.PACKAGE, _kernel),
        "workloads": (workload.PACKAGE, _workload),
    }.get(kind) or (f"{FAMILIES}.{kind}", _member_of(kind))
    return [
        {"name": name, "summary": catalog.summary(package, name), **_unbroken(details, name)}
        for name in catalog.names(package)
    ]


def _unbroken(details: Callable[[str], Entry], name: str) -> Entry:
    """Return the details; a broken file is missing with a reason, for it must not hide the others."""
    try:
        return details(name)
    except (BrokenPlugin, ImportError, TypeError) as error:
        return {"missing": f"broken: {error}"}


def _member_of(kind: str) -> Callable[[str], Entry]:
    family = catalog.load(f"{FAMILIES}.{kind}", "_family", needs=("FAMILY",)).FAMILY
    return lambda name: {"missing": family.missing(name)}


def _kernel(name: str) -> Entry:
    found = kernel.load(name)
    ways = [way for way in ("is_prime", "flags", "count") if getattr(found, way)]
    return {"missing": found.missing, "limit": found.limit, "forms": ways, "source": found.source}


def _workload(name: str) -> Entry:
    found = workload.load(name)
    return {"missing": None, "lo": found.lo, "hi": found.hi, "primes": found.count}
