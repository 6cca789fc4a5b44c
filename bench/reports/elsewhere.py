"""What a cluster changes of the figures of a record, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.doubts import APART
from bench.samples.parallelism import on_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.core.machine import Machine
    from bench.core.record import Record


def told(record: Record) -> list[str]:
    """Return sentences on the machines of a cluster; none without one."""
    if not record.cluster:
        return []
    roles = record.plan.roles
    members = sorted({case.member for case in record.plan.cases if on_cluster(record, case) and case.id not in roles})
    other = len(record.others)
    places = f"{other} other machine{'s' * (other != 1)}" if other else "this machine"
    apart = _apart(record)
    found = [
        f"{', '.join(members)} ran on a cluster of {record.cluster['workers']} workers, which has {places}. The "
        f"serial loop, {'' if apart else 'the ceiling, '}the warning of too many workers and what is left behind are "
        "of this one alone."
    ]
    if apart:
        found.append(
            "The ceiling of what ran there is that of the same workers, each of which does the whole job at once; the "
            f"slowest copy took up to {apart:.2f} times as long as the fastest."
        )
    here = record.machine
    unlike = [name for name, differ in _DIFFERS.items() if any(differ(here, each) for each in record.others)]
    if unlike:
        found.append(
            f"The {1 + other} machines are unlike ({', '.join(unlike)}): a speed-up compares the cluster with the "
            "serial loop here, and not workers with workers."
        )
    return found


def _apart(record: Record) -> float:
    """Return how many times as long the slowest copy there took as the fastest, at most; 0 without such copies."""
    there = [result for result in record.results.values() if on_cluster(record, result.case)]
    told = [process.metadata.get(APART) for result in there for process in result.processes]
    return max((float(one) for one in told if isinstance(one, int | float)), default=0.0)


def _unlike_libraries(one: Machine, other: Machine) -> bool:
    return any(version != other.libraries.get(name, version) for name, version in one.libraries.items())


_DIFFERS: dict[str, Callable[[Machine, Machine], bool]] = {
    "CPU model": lambda one, other: one.cpu_model != other.cpu_model,
    "CPUs": lambda one, other: one.usable_cpus != other.usable_cpus,
    "Python": lambda one, other: one.python_version != other.python_version,
    "libraries": _unlike_libraries,
}
