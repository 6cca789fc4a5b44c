"""Find the Python program that a user names, and ask what it is and which primebench it would measure with."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core.errors import UsageError, reason
from bench.engine import last_words
from bench.engine.program import CannotRun, run

if TYPE_CHECKING:
    from bench.core.side import Side

_PROBE = """
import json, os, platform, sys
import bench, primes
from bench.core.version import VERSION
import bench.engine.worker
source = os.path.dirname(os.path.dirname(os.path.abspath(bench.__file__)))
told = {"version": VERSION, "source": source, "python_version": platform.python_version()}
print(json.dumps(told | {"free_threaded": "t" in sys.abiflags}))
"""
_VERSION = "import sys; print('%d %d' % sys.version_info[:2] + ' t' * ('t' in getattr(sys, 'abiflags', '')))"
_PROBE_S = 60
_WITH_LOCK = {"PYTHON_GIL": ""}  # empty is as good as unset: a build that has to have the lock ends at once under 0


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
    return replace(side, **_ask(side))


def build(label: str, found: str) -> tuple[tuple[int, int], bool]:
    """Return the version of a Python program, however old it is, and whether it is free-threaded.

    Raises:
        UsageError: it cannot be run, or is no Python.
    """
    code, out, err = _run(label, found, ["-c", _VERSION], None)
    try:
        major, minor, *flags = out.split()
        return (int(major), int(minor)), flags == ["t"]
    except ValueError:
        raise UsageError(f"{label}: {found} is no Python that can run ({last_words.of_start(code, err)}).") from None


def _ask(side: Side) -> dict[str, Any]:
    code, out, err = _run(side.label, side.python, ["-P", "-c", _PROBE], side.folder)
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        raise UsageError(
            f"{side.label} has no primebench that can run ({last_words.of_start(code, err)}); install it there, "
            f"for example with: {side.python} -m pip install primebench"
        ) from None
    return answer


def _run(label: str, found: str, words: list[str], cwd: Path | None) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of a Python program; `UsageError` when it cannot be run."""
    try:
        done = run([found, *words], _PROBE_S, cwd, _WITH_LOCK)
    except CannotRun as error:
        raise UsageError(f"{label}: {found} cannot be run ({reason(error)}).") from error
    return done.code, done.out, done.err
