"""The environment variables that a measuring process sees: few, so that a time depends on little."""

from __future__ import annotations

import os
from pathlib import Path

from bench.cluster.access import ADDRESS
from bench.engine.turns import ENVIRON
from primes import user_code

# The same as pyperf gives its workers, less its own: what a program needs to be found and to find its user's code.
# PYTHONHASHSEED is not among them, so that strings hash differently in each process, and what depends on it shows.
_KEPT = ("PATH", "HOME", "TEMP", "COMSPEC", "SystemRoot", "SystemDrive", "PYTHONPATH", "PYTHON_CPU_COUNT", "PYTHON_GIL")
_LOCALE = (
    "LANG",
    *(f"LC_{part}" for part in ("ADDRESS", "ALL", "COLLATE", "CTYPE", "IDENTIFICATION", "MEASUREMENT", "MESSAGES")),
    *(f"LC_{part}" for part in ("MONETARY", "NAME", "NUMERIC", "PAPER", "TELEPHONE", "TIME")),
)
_CACHES = ("XDG_CACHE_HOME",)  # where kernels keep machine code
_DASK = "DASK_"  # how names of Dask's own configuration begin; which scheduler to use is said by whoever made it ready


def environment(folder: Path, *, in_turns: bool) -> dict[str, str]:
    """Return the variables of a visit that has a temp folder of its own."""
    names = (*_KEPT, *_LOCALE, *_CACHES, user_code.FOLDERS)
    kept = {name: os.environ[name] for name in names if name in os.environ}
    dask = {name: value for name, value in os.environ.items() if name.startswith(_DASK) and name != ADDRESS}
    return {
        **kept,
        **dask,
        "PYTHONSAFEPATH": "1",  # keeps the current folder behind everything else, also in what backends start
        "TMPDIR": str(folder),  # for sockets of managers and fork servers: they go away with it
        user_code.FOLDER: user_code.folder(),
        **({ENVIRON: str(folder)} if in_turns else {}),
    }


def standing(folder: Path) -> Path | None:
    """Return where to start a process that is told no place: here, or in ``folder`` if the current one was deleted.

    In a folder that is no more, a Python that is to spawn others fails.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        return folder
    return None
