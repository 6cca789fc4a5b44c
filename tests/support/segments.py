"""Shared memory, semaphores and folders in /dev/shm that nobody holds any more, whatever their name."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

SHM = Path("/dev/shm")
_CLOCK_S = 0.1  # how far the clock of files may lag behind


def orphaned(since: float) -> list[str]:
    """Return the names of what this user has made since then, by the clock of `time.time`, and no process holds now.

    A name tells its maker only where the maker wanted it. But whatever is in use is mapped or open somewhere: what is
    not, was forgotten by a process that has ended, and stays until the machine is started again.
    """
    found = {path for path in _entries() if _is_ours(path, since) and not _names_living(path.name)}
    return sorted(path.name for path in found - _held()) if found else []


def _entries() -> list[Path]:
    return list(SHM.iterdir()) if SHM.is_dir() else []


def _is_ours(path: Path, since: float) -> bool:
    try:
        found = path.lstat()
    except OSError:  # it has gone meanwhile
        return False
    return found.st_uid == os.geteuid() and found.st_ctime >= since - _CLOCK_S


def _names_living(name: str) -> bool:
    """Say whether a process lives whose number stands in the name: a folder that a library keeps is open nowhere."""
    return any(
        Path("/proc", number).exists() for number in re.findall(r"(?<![0-9a-f])[1-9][0-9]{2,}(?![0-9a-f])", name)
    )


def _held() -> set[Path]:
    """Return the entries that a living process has mapped or open, or that hold something that is."""
    names = {name for process in Path("/proc").glob("[0-9]*") for name in _names(process)}
    return {SHM / Path(name).relative_to(SHM).parts[0] for name in names if name.startswith(f"{SHM}/")}


def _names(process: Path) -> list[str]:
    names: list[str] = []
    with contextlib.suppress(OSError):  # it has ended, or belongs to somebody else
        lines = (process / "maps").read_text(errors="replace").splitlines()
        names += (line.split(maxsplit=5)[-1] for line in lines if str(SHM) in line)
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                names.append(str(link.readlink()))
    return names
