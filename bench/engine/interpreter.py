"""Find the Python program that a user names, and ask it for its version and which primebench it would measure with."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError, reason
from bench.engine import session
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

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
_ENDING_S = 10  # what may pass from this deadline until all of it has been ended


def program(label: str) -> str | None:
    """Return the program's full path if the label names a Python: a path to one, its environment, or python3.12."""
    if (Path(label) / "pyvenv.cfg").is_file():
        places = (Path(label) / folder / name for folder, name in (("bin", "python"), ("Scripts", "python.exe")))
        label = next((str(place) for place in places if place.exists()), label)
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
        with (
            temp_folder("primebench-") as folder,
            Supervisor(partial(_probe, [found, *words], cwd, folder), folder) as supervisor,
        ):
            done: tuple[int | None, str, str] | str = supervisor.answer(_PROBE_S + _ENDING_S)
    except (Ended, OSError) as error:
        done = str(error)
    if isinstance(done, str) or done[0] is None:
        why = done if isinstance(done, str) and done else f"no answer within {_PROBE_S} s"
        raise UsageError(f"{label}: {found} cannot be run ({why}).")
    code, out, err = done
    return code or 0, out, err


def _probe(command: list[str], cwd: Path | None, folder: Path) -> tuple[int | None, str, str] | str:
    """Return exit code, stdout and stderr of the command, or why it cannot be run."""
    out, err = folder / "out", folder / "err"
    try:
        ending = session.run(
            command,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=out,
            stderr=err,
            timeout_s=_PROBE_S,
            on_start=partial(note_session, folder),
            cwd=cwd,
        )
    except OSError as error:
        return reason(error)
    return ending.code, out.read_text(errors="replace"), err.read_text(errors="replace")
