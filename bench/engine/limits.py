"""The limits of this system that a benchmark of processes may run into."""

from __future__ import annotations

import os
from pathlib import Path

SHM = Path("/dev/shm")  # where Linux keeps shared memory


def limits() -> dict[str, int | None]:
    """Return open_files, processes and shm_free_bytes; None where there is no limit or it cannot be found out."""
    return {
        "open_files": _rlimit("RLIMIT_NOFILE"),
        "processes": _rlimit("RLIMIT_NPROC"),
        "shm_free_bytes": _free_bytes(SHM),
    }


def _rlimit(name: str) -> int | None:
    try:
        import resource
    except ImportError:
        return None
    if not hasattr(resource, name):
        return None
    soft = resource.getrlimit(getattr(resource, name))[0]
    return None if soft == resource.RLIM_INFINITY else soft


def _free_bytes(folder: Path) -> int | None:
    if not folder.is_dir():
        return None
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
