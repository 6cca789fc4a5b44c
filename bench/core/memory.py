"""How much memory there is, and how much this process holds."""

from __future__ import annotations

import os
import resource
from pathlib import Path

_ROOT = Path("/")


def available_bytes(root: Path = _ROOT) -> int | None:
    """Return how much memory may be taken; None when nothing says so.

    It is the least of what the kernel calls available, what the control group leaves, and the limit on address space
    (RLIMIT_AS). Sources: proc(5), ``MemAvailable``; Linux kernel documentation, "Control Group v2", section Memory.
    """
    group = root / "sys/fs/cgroup"
    limit, used = _number(group / "memory.max"), _number(group / "memory.current")
    address_space = resource.getrlimit(resource.RLIMIT_AS)[0]
    known = [
        _available(root / "proc/meminfo"),
        None if limit is None or used is None else max(0, limit - used),
        None if address_space == resource.RLIM_INFINITY else address_space,
    ]
    return min((number for number in known if number is not None), default=None)


def resident_bytes(root: Path = _ROOT) -> int | None:
    """Return how much memory this process holds; None when nothing says so, as on macOS. Source: proc(5), ``statm``."""
    pages = _read(root / "proc/self/statm").split()[1:2]
    return int(pages[0]) * os.sysconf("SC_PAGE_SIZE") if pages else None


def _available(path: Path) -> int | None:
    for line in _read(path).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _number(path: Path) -> int | None:
    text = _read(path).strip()
    return int(text) if text.isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
