"""Make a virtual environment that measures with the packages of a folder, in a place that goes away.

It is one without packages of its own: a path file puts the source in front and the libraries of the running
interpreter behind it. Nothing is built or fetched, so it works without a network and in a fraction of a second; whoever
needs other libraries on one side names a Python program.

An installed copy may be faster or slower than the next one of the same source by its place in memory and on disk alone,
by one or two per cent. So a side can be built once more (`again`), and pairs alternate between its builds.

Every side is started in a folder of its own, because older versions let the current folder come first on the path.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
import venv
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError, reason
from bench.core.side import Side
from bench.core.start import PACKAGES
from bench.engine import session
from bench.engine.interpreter import probed
from bench.engine.supervisor import Supervisor, temp_folder

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder for sides, and remove it with all it holds, in whatever way this process ends."""
    with temp_folder("primebench-sides-") as folder, Supervisor(session.wait_for_owner, folder):
        yield folder


def from_source(label: str, source: Path, scratch: Path, behind: tuple[str, ...] = ()) -> Side:
    """Return a side that measures with the packages in the folder ``source``, as they lie there.

    Args:
        label: what the user named.
        source: holds ``bench`` and ``primes``.
        scratch: a folder of `scratch_folder`.
        behind: folders in which everything else is looked for before the libraries of this Python.
    """
    python, folder, _ = environment((str(source), *behind), scratch)
    side = probed(Side(label, python, folder, behind=behind))
    if Path(side.source).resolve() != source.resolve():
        raise UsageError(f"{label}: Python takes bench from {side.source} and not from this side; unset PYTHONPATH.")
    return side


def again(side: Side, scratch: Path) -> Side:
    """Return the side built once more: the same source, elsewhere; a program of the user's stays the same."""
    if side.behind is None:
        return side
    source = copied(side.label, Path(side.source), scratch)  # with what is compiled of it already
    python, folder, _ = environment((str(source), *side.behind), scratch)
    known_as = side.known_as or side.python
    return replace(side, python=python, folder=folder, source=str(source), known_as=known_as)


def copied(label: str, source: Path, scratch: Path, *left_out: str) -> Path:
    """Return a new folder with the packages in ``source``, without the files and folders that are left out."""
    place = Path(tempfile.mkdtemp(prefix="source-", dir=scratch))
    try:
        for name in PACKAGES:
            shutil.copytree(source / name, place / name, ignore=shutil.ignore_patterns(*left_out))
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{label}: its source cannot be copied to {place} ({reason(error)}).") from error
    for folder, _, _ in os.walk(place):
        Path(folder).chmod(0o700)  # a source that may not be written would leave a copy that cannot be removed
    return place


def environment(sources: tuple[str, ...], scratch: Path) -> tuple[str, Path, Path]:
    """Make an environment that imports from these folders, and what else it lacks from where this Python does.

    Returns:
        Its Python, where to start it, and where it holds what is installed in it.
    """
    place = Path(tempfile.mkdtemp(prefix="side-", dir=scratch))
    venv.EnvBuilder(symlinks=os.name != "nt", with_pip=False).create(place / "venv")
    scheme = {"base": str(place / "venv"), "platbase": str(place / "venv")}
    libraries = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    library = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    (library / "primebench-side.pth").write_text("\n".join([*sources, *libraries]) + "\n", encoding="utf-8")
    python = Path(sysconfig.get_path("scripts", "venv", vars=scheme)) / Path(sys.executable).name
    if not python.exists():
        python = python.with_name("python")
    return str(python), start_folder(scratch), library


def start_folder(scratch: Path) -> Path:
    """Return a new and empty folder in which a side is started."""
    return Path(tempfile.mkdtemp(prefix="start-", dir=scratch))
