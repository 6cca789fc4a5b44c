"""The limits of this system that processes and shared memory may run into."""

from __future__ import annotations

import os
from pathlib import Path

try:  # not only when it is needed: a process that may open no further file can load no module
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

SHM = Path("/dev/shm")  # where Linux keeps shared memory


def limits() -> dict[str, int | None]:
    """Return open_files, processes and shm_free_bytes; None where there is no limit or it cannot be found out."""
    return {
        "open_files": soft_limit("RLIMIT_NOFILE"),
        "processes": soft_limit("RLIMIT_NPROC"),
        "shm_free_bytes": _free_bytes(SHM),
    }


def soft_limit(name: str) -> int | None:
    """Return the limit of this process that ``resource`` calls so; None where there is none, or no such thing."""
    if resource is None or not hasattr(resource, name):
        return None
    soft = resource.getrlimit(getattr(resource, name))[0]
    return None if soft == resource.RLIM_INFINITY else soft


def _free_bytes(folder: Path) -> int | None:
    if not folder.is_dir():
        return None
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
