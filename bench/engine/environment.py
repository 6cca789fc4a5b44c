"""The environment variables that a measuring process sees: few, so that a time depends on little.

Whatever else runs the user's code, to prepare a job or to ask about it, sees the same: what a function lacks is missed
before anything is timed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cluster.access import ADDRESS
from bench.core.errors import UsageError
from bench.engine.turns import ENVIRON
from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.core.side import Side

# The same as pyperf gives its workers, less its own: what a program needs to be found and to find its user's code.
# PYTHONHASHSEED is not among them, so that strings hash differently in each process, and what depends on it shows.
_KEPT = (
    "PATH", "HOME", "TZ", "TEMP", "COMSPEC", "SystemRoot", "SystemDrive", "PYTHONPATH", "PYTHON_CPU_COUNT",
    "PYTHON_GIL",
)  # fmt: skip
_LOCK = "PYTHON_GIL"  # for builds that can do without the lock: under 0 any other from 3.13 on ends before it has begun
_LOCALE = (
    "LANG",
    *(f"LC_{part}" for part in ("ADDRESS", "ALL", "COLLATE", "CTYPE", "IDENTIFICATION", "MEASUREMENT", "MESSAGES")),
    *(f"LC_{part}" for part in ("MONETARY", "NAME", "NUMERIC", "PAPER", "TELEPHONE", "TIME")),
)
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # without which what the parent has loaded may not be found
# How the names begin of what libraries ask for how many threads to start: in each worker as many as there are CPUs
# would be another program than the one that the user runs.
_THREADS = ("OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "VECLIB_", "BLIS_")
_CACHES = ("XDG_CACHE_HOME",)  # where kernels keep machine code
_DASK = "DASK_"  # how names of Dask's own configuration begin; which scheduler to use is said by whoever made it ready


def environment(folder: Path, side: Side, *, in_turns: bool = False) -> dict[str, str]:
    """Return the variables of a process of a side that has a temp folder of its own."""
    names = {*_KEPT, *_LOCALE, *_LIBRARIES, *_CACHES, user_code.FOLDERS, *side.inherits}
    names -= set() if side.free_threaded else {_LOCK}
    kept = {name: os.environ[name] for name in names if name in os.environ}
    dask = {name: value for name, value in os.environ.items() if name.startswith(_DASK) and name != ADDRESS}
    return {
        **kept,
        **dask,
        **threads(),
        "PYTHONSAFEPATH": "1",  # keeps the current folder behind everything else, also in what backends start
        "TMPDIR": str(folder),  # for sockets of managers and fork servers: they go away with it
        user_code.FOLDER: user_code.folder(),
        **({ENVIRON: str(folder)} if in_turns else {}),
        **dict(side.environ),
    }


def threads() -> dict[str, str]:
    """Return the user's variables that tell libraries how many threads to start."""
    return {name: value for name, value in os.environ.items() if name.startswith(_THREADS)}


def check_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of variables that are to be handed on; `UsageError` if one of them is not set."""
    for name in (found := tuple(dict.fromkeys(names))):
        if name not in os.environ:
            raise UsageError(f"--inherit-environ {name}: there is no such variable; set it, or leave that out.")
    return found


def told(side: Side) -> str:
    """Return what a record tells of the user's variables: how many threads, and the names of those handed on."""
    return ", ".join((*(f"{name}={value}" for name, value in sorted(threads().items())), *sorted(side.inherits)))


def handed_on(seen: str) -> tuple[str, ...]:
    """Return the names of the variables that `told` says were handed on."""
    return tuple(name for name in seen.split(", ") if name.isidentifier())


def with_remedy(message: str, given: Mapping[str, str]) -> str:
    """Return the message of a process that was given these variables, with what helps where it names another one."""
    lacking = sorted(({*re.findall(r"\w\w+", message)} & os.environ.keys()) - given.keys())
    if not lacking:
        return message
    names = ",".join(lacking)
    return f"{message.rstrip('.')}. What is measured sees few variables; --inherit-environ {names} hands on yours."


def standing(folder: Path) -> Path | None:
    """Return where to start a process that is told no place: here, or in ``folder`` if the current one was deleted.

    In a folder that is no more, a Python that is to spawn others fails.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        return folder
    return None
