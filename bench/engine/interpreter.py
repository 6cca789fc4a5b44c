"""Find the Python program that a user names, and ask it for its version and which primebench it would measure with."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError, reason
from bench.engine.program import CannotRun, run

if TYPE_CHECKING:
    from bench.core.side import Side

_PROBE = """
import json, os, platform
import bench, primes
from bench.core.version import VERSION
import bench.engine.worker
source = os.path.dirname(os.path.dirname(os.path.abspath(bench.__file__)))
print(json.dumps({"version": VERSION, "source": source, "python_version": platform.python_version()}))
"""
_VERSION = "import sys; print('%d %d' % sys.version_info[:2])"  # in every Python's syntax
_PROBE_S = 60


def program(label: str) -> str | None:
    """Return the program's full path if the label names a Python: a path to one, its environment, or python3.12."""
    if os.path.isfile(Path(label, "pyvenv.cfg")):
        places = (Path(label) / folder / name for folder, name in (("bin", "python"), ("Scripts", "python.exe")))
        label = next((str(place) for place in places if os.path.exists(place)), label)
    looks_like_one = os.sep in label or label.startswith("python")
    found = shutil.which(label) if looks_like_one else None
    return None if found is None else os.path.abspath(found)  # its link is kept: resolving it would leave the venv


def probed(side: Side) -> Side:
    """Return the side with what its interpreter tells of itself; `UsageError` when it has no primebench."""
    answer = _ask(side)
    return replace(side, version=answer["version"], python_version=answer["python_version"], source=answer["source"])


def version(label: str, found: str) -> tuple[int, int]:
    """Return the version of a Python program, however old it is; `UsageError` when it cannot be run or is none."""
    code, out, err = _run(label, found, ["-c", _VERSION], None)
    try:
        major, minor = out.split()
        return int(major), int(minor)
    except ValueError:
        lines = err.strip().splitlines() or [f"exit code {code}"]
        raise UsageError(f"{label}: {found} is no Python that can run ({lines[-1]}).") from None


def _ask(side: Side) -> dict[str, str]:
    code, out, err = _run(side.label, side.python, ["-P", "-c", _PROBE], side.folder)
    try:
        answer: dict[str, str] = json.loads(out)
    except ValueError:
        lines = err.strip().splitlines() or [f"exit code {code}"]
        said = next((line for line in lines if "Error" in line), lines[0])
        raise UsageError(
            f"{side.label} has no primebench that can run ({said}); install it there, for example with: "
            f"{side.python} -m pip install primebench"
        ) from None
    return answer


def _run(label: str, found: str, words: list[str], cwd: Path | None) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a Python program; `UsageError` when it cannot be run."""
    try:
        done = run([found, *words], _PROBE_S, cwd)
    except CannotRun as error:
        raise UsageError(f"{label}: {found} cannot be run ({reason(error)}).") from error
    return done.code, done.out, done.err
