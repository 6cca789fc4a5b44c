"""What a cluster changes of the figures of a record, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.samples.parallelism import on_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.core.machine import Machine
    from bench.core.record import Record


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
