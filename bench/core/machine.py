"""What was measured on: the identity of a machine and of the Python on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_model(name: str) -> bool:
    """Return whether a name is one of a CPU, and not only that of what all ARM CPUs of a generation have in common."""
    return bool(name) and not name.startswith("ARMv")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a record was taken; None stands for what could not be found out.

    Attributes:
        cpu_model: as the operating system names it; of ARM CPUs without a name the numbers of their cores.
        logical_cpus: hardware threads that are online.
        physical_cpus: cores.
        affinity_cpus: CPUs this process may run on.
        cgroup_quota_cpus: CPU time granted by control groups, in CPUs; a fraction such as 2.5 is kept.
        python_cpu_count: what PYTHON_CPU_COUNT or ``-X cpu_count`` says.
        usable_cpus: the smallest of the three above and `logical_cpus`; may be a fraction.
        memory_bytes: physical memory.
        os: kernel name and release.
        architecture: for example ``x86_64``.
        virtualised: name of the hypervisor or container, ``none``, or None.
        governor: CPU frequency governor.
        turbo: whether the CPU may raise its frequency.
        smt: whether hardware threads share cores.
        python_implementation: for example ``CPython``.
        python_version: with the **patch** number, for example ``3.11.7``.
        python_build: compiler and build flavour.
        gil: whether this build runs with a global interpreter lock.
        libraries: distribution -> version, of what takes part in measuring.
        host_name: None in an anonymous record.
    """

    cpu_model: str | None
    logical_cpus: int
    physical_cpus: int | None
    affinity_cpus: int
    cgroup_quota_cpus: float | None
    python_cpu_count: int | None
    usable_cpus: float
    memory_bytes: int
    os: str
    architecture: str
    virtualised: str | None
    governor: str | None
    turbo: bool | None
    smt: bool | None
    python_implementation: str
    python_version: str
    python_build: str
    gil: bool
    libraries: Mapping[str, str]
    host_name: str | None

    def __str__(self) -> str:
        """Describe the machine in a line."""
        gil = "" if self.gil else ", free-threaded"
        return self._with(f"{self.python_implementation} {self.python_version}{gil}, ")

    @property
    def without_python(self) -> str:
        """Describe the machine in a line that names no Python."""
        return self._with("")

    def _with(self, python: str) -> str:
        return f"{self.cpu_model or self.architecture}, {self.usable_cpus:g} usable CPUs, {python}{self.os}"

    @property
    def knows_model(self) -> bool:
        """Whether `cpu_model` tells this machine's CPUs from others; older records may hold the architecture there."""
        return is_model(self.cpu_model or "") and self.cpu_model != self.architecture

    @property
    def usable_workers(self) -> int:
        """How many workers can run at once: `usable_cpus` rounded down, at least one."""
        return max(1, int(self.usable_cpus))
