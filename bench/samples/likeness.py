"""What makes machines alike, and work, so that their times may be joined or compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.core.job import Work
    from bench.core.machine import Machine


def machine_of(machine: Machine, python: str = "") -> str:
    """Return in a line what makes machines alike; ``python`` is the version that measured, where it is another one."""
    minor = ".".join((python or machine.python_version).split(".")[:2])
    build = "" if machine.gil else ", free-threaded"
    return f"{_cpus(machine)}, {machine.usable_cpus:g} usable CPUs, {machine.python_implementation} {minor}{build}"


def work_of(work: Work | None) -> str:
    """Return in a line what makes work alike; empty where it is not known."""
    return f"{work.name} ({work.size} {work.unit}s)" if work else ""


def _cpus(machine: Machine) -> str:
    """Return the model of the CPUs; where it is not known, all else that could tell the machine from another one."""
    if machine.knows_model:
        return str(machine.cpu_model)
    cores = [f"{machine.physical_cpus} cores"] if machine.physical_cpus else []
    host = [f"host {machine.host_name}"] if machine.host_name else []
    memory = f"{machine.memory_bytes / 2**30:.0f} GiB"
    told = ", ".join([*cores, f"{machine.logical_cpus} CPUs", memory, *host])
    return f"{machine.architecture} of unknown model ({told})"
