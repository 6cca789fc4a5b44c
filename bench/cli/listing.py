"""What ``primebench list`` knows about each kind of member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.cli.options import PLANS, plan_file_of
from bench.cli.voice import FORMATS
from bench.core import catalog, families, jobs, kernels, workloads
from bench.core.errors import BrokenPlugin, UsageError, reason
from primes import choice, kernel, workload

Entry = dict[str, Any]

# The ranges for which the choice of ``auto`` is told: (in words, first number, the number behind the last).
TYPICAL = (
    ("1e9 numbers from 1e9", 10**9, 2 * 10**9),
    ("1e9 numbers from 1e12", 10**12, 10**12 + 10**9),
    ("1e9 numbers from 1e15", 10**15, 10**15 + 10**9),
    ("1e9 numbers from 1e18", 10**18, 10**18 + 10**9),
    ("1e6 numbers from 1e18", 10**18, 10**18 + 10**6),
    ("2^64 - 1 alone", 2**64 - 1, 2**64),
)


def entries(kind: str, *, paths: bool = False) -> list[Entry]:
    """Return a dict per member: name, summary, origin, missing (the reason or None), and what else the kind has.

    With ``paths`` also the file that it is made of.
    """
    package, details = {
        "plans": (PLANS, _plan),
        "formats": (FORMATS, _format),
        "jobs": (jobs.PACKAGE, _job),
        "kernels": (kernel.PACKAGE, _kernel),
        "workloads": (workload.PACKAGE, _workload),
    }.get(kind) or (families.load(kind).package, _member_of(kind))
    found = [_entry(package, name, details) for name in catalog.names(package)]
    return [{**one, "path": _path(package, one["name"])} for one in found] if paths else found


def _path(package: str, name: str) -> str | None:
    try:
        return str(catalog.path(package, name))
    except (BrokenPlugin, UsageError):
        return None


def _entry(package: str, name: str, details: Callable[[str], Entry]) -> Entry:
    """Return what is known of a member; a broken one is missing with a reason, for it must not hide the others."""
    entry: Entry = {"name": name, "summary": "", "origin": catalog.origin(package, name)}
    try:
        catalog.check_owner(package, name)
        return {**entry, "summary": catalog.summary(package, name), **details(name)}
    except (BrokenPlugin, UsageError) as error:
        return {**entry, "missing": f"broken: {reason(error)}"}


def _member_of(kind: str) -> Callable[[str], Entry]:
    family = families.load(kind)
    return lambda name: {"missing": family.missing(name)}


def _kernel(name: str) -> Entry:
    found = kernels.load(name)
    ways = [way for way in ("is_prime", "flags", "count") if getattr(found, way)]
    entry = {"missing": found.missing, "limit": found.limit, "forms": ways, "source": found.source}
    return {**entry, "choices": _choices()} if name == "auto" else entry


def _choices() -> list[Entry]:
    """Return for each typical range which kernel ``auto`` takes here, why, and the costs of all it may take."""
    usual = workload.load("default")
    choices = []
    for text, lo, hi in (("workload default", usual.lo, usual.hi), *TYPICAL):
        name, why = choice.choose(lo, hi)
        costs = choice.ranking(lo, hi)
        choices.append({"range": text, "lo": lo, "hi": hi, "kernel": name, "why": why, "costs_s": costs})
    return choices


def _plan(name: str) -> Entry:
    return {"missing": None, "summary": plan_file_of(name).summary}


def _format(name: str) -> Entry:
    catalog.load(FORMATS, name, needs=("render",))
    return {"missing": None}


def _job(name: str) -> Entry:
    return {"missing": None, "axes": [axis.name for axis in jobs.load(name).axes]}


def _workload(name: str) -> Entry:
    found = workloads.load(name)
    return {"missing": None, "lo": found.lo, "hi": found.hi, "primes": found.count}
