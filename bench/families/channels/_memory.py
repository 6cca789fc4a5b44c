"""How much memory messages need, and how much there is."""

from __future__ import annotations

import resource
from pathlib import Path

_ROOT = Path("/")
_COPIES = {"bytes": 12, "numbers": 48}
"""How much memory both sides take together for one batch, in multiples of it: drawn, encoded, received and sent back,
and in a ring or a server between them. A number of 8 bytes is an object of 32 in a list. Seen with 64 MiB (3.11,
system-wide low point of free memory): bytes 3 (os-pipe) to 9 (shared-memory), numbers 26 (os-pipe) to 38
(manager-queue)."""


def needed_bytes(batch_bytes: int, content: str) -> int:
    """Return how much memory both sides take together, at most, for a batch of this size."""
    return batch_bytes * _COPIES[content]


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
