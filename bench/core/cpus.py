"""How many CPUs this process may really use.

`os.cpu_count` knows nothing of affinity, and neither it nor the affinity knows of the CPU time that control groups
grant. The smallest of all four is the honest number; the fraction is kept, because a quota of 2.5 CPUs is neither
2 nor 3.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

MOST_WORKERS = 1024  # far above any machine that workers can fill; keeps a typing slip from starting a fork bomb

_ROOT = Path("/")

_chosen: ContextVar[int | None] = ContextVar("chosen", default=None)  # how many CPUs the user has named


@dataclass(frozen=True, slots=True)
class CpuCounts:
    """The number of CPUs from every point of view; None where nobody restricts it.

    Attributes:
        logical: hardware threads that are online.
        affinity: CPUs this process may run on.
        quota: CPU time granted by the tightest control group on the way to the root, in CPUs.
        python: what PYTHON_CPU_COUNT or ``-X cpu_count`` says.
    """

    logical: int
    affinity: int
    quota: float | None
    python: int | None

    @property
    def usable(self) -> float:
        """The smallest of the four."""
        return min(value for value in (self.logical, self.affinity, self.quota, self.python) if value is not None)


def allowed_cpus() -> tuple[int, ...]:
    """Return the CPUs this process may run on, as the operating system numbers them."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def count_cpus(affinity: int | None = None, root: Path = _ROOT) -> CpuCounts:
    """Count the CPUs from every point of view.

    Args:
        affinity: the number of CPUs to be used instead of this process's own affinity.
        root: where ``proc`` and ``sys`` are looked for; tests hand in a folder of their own.
    """
    allowed = len(allowed_cpus()) if affinity is None else affinity
    return CpuCounts(os.cpu_count() or 1, allowed, cgroup_quota(root), _python_cpu_count())


def usable_workers() -> int:
    """Return how many workers can run at once: the usable CPUs, rounded down, at least one."""
    return max(1, int(count_cpus(_chosen.get()).usable))


def worker_counts() -> tuple[int, ...]:
    """Return 1, 2, 4 ... up to the number of workers that can run at once, and that number."""
    most = usable_workers()
    return tuple(sorted({1 << power for power in range(most.bit_length()) if 1 << power <= most} | {most}))


@contextmanager
def chosen(affinity: Sequence[int]) -> Iterator[None]:
    """Let `usable_workers` count no CPUs but these inside: defaults of a plan whose processes will be bound to them."""
    token = _chosen.set(len(affinity))
    try:
        yield
    finally:
        _chosen.reset(token)


def _python_cpu_count() -> int | None:
    text = sys._xoptions.get("cpu_count", os.environ.get("PYTHON_CPU_COUNT", "default"))
    try:
        count = int(str(text))
    except ValueError:
        return None
    return count if count > 0 else None


def cgroup_quota(root: Path = _ROOT) -> float | None:
    """Return the CPU time that control groups grant, in CPUs; None when there is no limit.

    Every group from this process's own up to the root is looked at, because a limit on an outer group holds for all
    inner ones. Version 1 and version 2 are read alike. Source: Linux kernel documentation, "CFS Bandwidth Control"
    and "Control Group v2", section CPU.
    """
    quotas = (_quota_v2(folder) if version == 2 else _quota_v1(folder) for version, folder in cgroups(root))
    return min((quota for quota in quotas if quota is not None), default=None)


def cgroups(root: Path = _ROOT) -> list[tuple[int, Path]]:
    """Return (version, folder) of each control group that may limit the CPU time of this process, inner ones first."""
    found = []
    for version, mount, group in _groups(root):
        folder = mount / group.lstrip("/")
        found += [(version, outer) for outer in (folder, *folder.parents) if outer == mount or mount in outer.parents]
    return found


def _groups(root: Path) -> list[tuple[int, Path, str]]:
    found = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, colon, group = rest.partition(":")
        if not (number.isdecimal() and colon):
            continue
        if not controllers:
            mounts = (root / "sys/fs/cgroup", root / "sys/fs/cgroup/unified")
            found += [(2, mount, group) for mount in mounts if os.path.exists(mount / "cgroup.controllers")]
        elif "cpu" in controllers.split(","):
            for mount in (f"sys/fs/cgroup/{controllers}", "sys/fs/cgroup/cpu"):
                if os.path.exists(root / mount):
                    found.append((1, root / mount, group))
                    break
    return found


def _quota_v2(folder: Path) -> float | None:
    quota, _, period = _read(folder / "cpu.max").partition(" ")
    return _ratio(quota, period)


def _quota_v1(folder: Path) -> float | None:
    return _ratio(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))


def _ratio(quota: str, period: str) -> float | None:
    try:
        granted, of = int(quota), int(period)
    except ValueError:  # "max", or no such file
        return None
    return granted / of if granted > 0 and of > 0 else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape").strip()  # a group may have any name
    except OSError:
        return ""
