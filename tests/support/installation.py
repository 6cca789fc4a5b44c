"""A primebench that is really installed: an environment with a copy of the packages, made without a network."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

from bench.core import start

_SCRIPT = "#!{python}\nfrom bench.__main__ import main\nmain()\n"  # what an installer writes for a console script


@dataclass(frozen=True)
class Installation:
    """Where it is: its Python, its command, and the folder that holds its packages."""

    python: Path
    command: Path
    source: Path


def install(folder: Path) -> Installation:
    """Make an environment in ``folder``; the libraries are those of the running Python."""
    venv.EnvBuilder(with_pip=False).create(folder)
    scheme = {"base": str(folder), "platbase": str(folder)}
    source = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    copy_source(source)
    libraries = [path for path in sys.path if path.endswith("-packages")]
    (source / "libraries.pth").write_text("".join(f"{path}\n" for path in libraries))
    python = folder / "bin" / "python"
    command = folder / "bin" / "primebench"
    command.write_text(_SCRIPT.format(python=python))
    command.chmod(0o755)
    return Installation(python, command, source)


def copy_source(folder: Path, version: str | None = None) -> None:
    """Copy the packages into a folder, with another version if one is given."""
    for name in start.PACKAGES:
        shutil.copytree(Path(start.SOURCE, name), folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    if version:
        set_version(folder, version)


def set_version(folder: Path, version: str) -> None:
    """Give the source in a folder another version."""
    (folder / "bench/core/version.py").write_text(f'"""The version."""\n\nVERSION = "{version}"\n')
