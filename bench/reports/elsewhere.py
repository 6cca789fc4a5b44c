"""What a cluster changes of the figures of a record: which cases ran on other machines, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import catalog
from bench.core.errors import BrokenPlugin
from bench.families.backends import _backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.core.case import Case
    from bench.core.machine import Machine
    from bench.core.record import Record


def parallelism(member: str) -> str | None:
    """Return in what a backend of ours works, or None."""
    # Only our own members are loaded: whoever shows a record runs no code that the record names.
    if member not in catalog.own_names(_backend.PACKAGE):
        return None
    try:
        return _backend.load(member).parallelism
    except BrokenPlugin:
        return None


def on_cluster(record: Record, case: Case) -> bool:
    """Say whether a case ran on workers of a cluster that existed, and not on workers made for it here."""
    return bool(record.cluster) and case.family == "backends" and parallelism(case.member) == "hosts"


def told(record: Record) -> list[str]:
    """Return sentences on the machines of a cluster; none without one."""
    if not record.cluster:
        return []
    members = sorted({case.member for case in record.plan.cases if on_cluster(record, case)})
    other = len(record.others)
    places = f"{other} other machine{'s' * (other != 1)}" if other else "this machine"
    found = [
        f"{', '.join(members)} ran on a cluster of {record.cluster['workers']} workers, which has {places}. The "
        "serial loop, the ceiling, the warning of too many workers and what is left behind are of this one alone."
    ]
    here = record.machine
    unlike = [name for name, differ in _DIFFERS.items() if any(differ(here, each) for each in record.others)]
    if unlike:
        found.append(
            f"The {1 + other} machines are unlike ({', '.join(unlike)}): a speed-up compares the cluster with the "
            "serial loop here, and not workers with workers."
        )
    return found


def _unlike_libraries(one: Machine, other: Machine) -> bool:
    return any(version != other.libraries.get(name, version) for name, version in one.libraries.items())


_DIFFERS: dict[str, Callable[[Machine, Machine], bool]] = {
    "CPU model": lambda one, other: one.cpu_model != other.cpu_model,
    "CPUs": lambda one, other: one.usable_cpus != other.usable_cpus,
    "Python": lambda one, other: one.python_version != other.python_version,
    "libraries": _unlike_libraries,
}
