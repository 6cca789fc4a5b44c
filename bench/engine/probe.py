"""Find out what machine and Python this is."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.core import python
from bench.core.cpus import count_cpus
from bench.core.machine import Machine
from bench.engine.cpu_model import model_in

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEASURING = ("pyperf", "numpy", "psutil")  # distributions whose version may change a time
_CPUS = Path("/sys/devices/system/cpu")


def probe(affinity: int | None = None, libraries: Sequence[str] = ()) -> Machine:
    """Describe this machine and this Python.

    Args:
        affinity: the number of CPUs a run is allowed to use.
        libraries: distributions whose versions belong to the description besides those that always do.
    """
    counts = count_cpus(affinity)
    return Machine(
        cpu_model=_cpu_model(),
        logical_cpus=counts.logical,
        physical_cpus=psutil.cpu_count(logical=False),
        affinity_cpus=counts.affinity,
        cgroup_quota_cpus=counts.quota,
        python_cpu_count=counts.python,
        usable_cpus=counts.usable,
        memory_bytes=psutil.virtual_memory().total,
        os=f"{platform.system()} {platform.release()}",
        architecture=platform.machine(),
        virtualised=_virtualised(),
        governor=_text(_CPUS / "cpu0/cpufreq/scaling_governor"),
        turbo=_turbo(),
        smt=_smt(),
        python_implementation=platform.python_implementation(),
        python_version=platform.python_version(),
        python_build=python.build(),
        gil=not python.is_free_threaded(),
        libraries=_versions(libraries),
        host_name=platform.node() or None,
    )


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _cpu_model() -> str | None:
    found = model_in(_text(Path("/proc/cpuinfo")) or "")
    if found is None and sys.platform == "darwin":
        return _output("sysctl", "-n", "machdep.cpu.brand_string")
    name = found or platform.processor()
    return name if name and name != platform.machine() else None  # which many systems say in its place


def _virtualised() -> str | None:
    if shutil.which("systemd-detect-virt"):
        return _output("systemd-detect-virt") or "none"
    if Path("/.dockerenv").exists():
        return "docker"
    cpuinfo = _text(Path("/proc/cpuinfo"))
    if cpuinfo is None:
        return None
    return "hypervisor" if " hypervisor" in cpuinfo else "none"


def _turbo() -> bool | None:
    no_turbo = _text(_CPUS / "intel_pstate/no_turbo")
    if no_turbo is not None:
        return no_turbo == "0"
    boost = _text(_CPUS / "cpufreq/boost")
    return None if boost is None else boost == "1"


def _smt() -> bool | None:
    active = _text(_CPUS / "smt/active")
    return None if active is None else active == "1"


def _versions(more: Sequence[str]) -> dict[str, str]:
    found = {}
    for name in (*_MEASURING, *more):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _output(*command: str) -> str | None:
    try:
        # The command may fail: systemd-detect-virt exits 1 on bare metal, and its word is on stdout all the same.
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=5, check=False, env={**os.environ, "LC_ALL": "C"}
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
