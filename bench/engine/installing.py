"""Build the tree of a side and install it into an environment of its own, without touching the user's folder.

The libraries are those of the running interpreter, the build tools as well where it has them: then nothing is fetched.
A tree of a commit has no history, from which many packages take their version; so they are told one.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError, reason
from bench.engine import git
from bench.engine.program import CannotRun, Done, run
from bench.engine.tree_names import named
from bench.engine.virtual_environment import environment
from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.side import Side

_INSTALL_S = 600
_VERSIONS = (  # the variables by which tools are told a version that they cannot find out
    "SETUPTOOLS_SCM_PRETEND_VERSION",  # hatch-vcs and flit-scm as well
    "PBR_VERSION",
    "PDM_BUILD_SCM_VERSION",
)
_MISSING = re.compile(r"Some build dependencies for .* (?:are missing|conflict).*?: (?P<what>.+?)\.?$", re.MULTILINE)
_UNREACHED = "No matching distribution found for "
_NO_REASON = ("subprocess-exited-with-error", "metadata-generation-failed", "Failed to build", "failed-wheel-build")


def copied(label: str, tree: Path, scratch: Path) -> Path:
    """Copy a folder of the user's, without what git ignores, or what was built in it, where git knows nothing of it."""
    place = Path(tempfile.mkdtemp(prefix="source-", dir=scratch))
    listed = git.run("-C", str(tree), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    try:
        if listed.returncode == 0:
            for name in filter(None, listed.stdout.decode(errors="surrogateescape").split("\0")):
                if (tree / name).is_file():
                    (place / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(tree / name, place / name)
        else:
            shutil.copytree(tree, place, ignore=_built, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{label}: its source cannot be copied to {place} ({reason(error)}).") from error
    return place


def _built(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if name in {"__pycache__", "build", "dist", ".git"} or Path(folder, name, "pyvenv.cfg").exists()
    ]


def installed(side: Side, project: Path, scratch: Path) -> Side:
    """Return the side with ``project`` installed into an environment of its own, in which its code lies first.

    Raises:
        UsageError: it cannot be built; the message says why in one line, and what to do.
    """
    python, empty, library = environment((), scratch)
    if importlib.util.find_spec("pip") is None:
        _bring_pip(side.label, python, library)
    places = dict(side.environ)[user_code.FOLDERS]
    side = replace(
        side,
        python=python,
        environ=((user_code.FOLDER, str(library)), (user_code.FOLDERS, f"{library}\n{places}")),
        unpacked=(*side.unpacked, str(library)),
    )
    here = _pip(side, project, empty, "--no-build-isolation", "--check-build-dependencies")
    lacking = _MISSING.search(here.err)
    done = _pip(side, project, empty) if lacking else here
    if done.code == 0:
        return side
    if lacking and _UNREACHED in done.err:
        raise UsageError(
            f"{side.label} cannot be built: it needs {lacking['what']} beside primebench, and pip finds no index to "
            "fetch it from; install it, or let pip reach an index."
        )
    raise UsageError(f"{side.label} cannot be built and installed ({named(side, _why(done))}).")


def _bring_pip(label: str, python: str, library: Path) -> None:
    """Put the pip that comes with Python into an environment, and not the old build tools that come along."""
    done = _run(label, [python, "-Im", "ensurepip"], None)
    if done.code != 0:
        raise UsageError(f"{label} cannot be built, because there is no pip here; install pip beside primebench.")
    for pattern in ("setuptools*", "pkg_resources*", "_distutils_hack*", "distutils-precedence*"):
        for found in library.glob(pattern):
            if found.is_dir():
                shutil.rmtree(found)
            else:
                found.unlink()


def _pip(side: Side, project: Path, stands: Path, *flags: str) -> Done:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1")
    only = ("--no-deps", "--ignore-installed")  # the libraries, an older copy of this package too, are not touched
    command = [side.python, "-P", "-m", "pip", "install", *quiet, *only, *flags, str(project)]
    version = _version(side)
    return _run(side.label, command, stands, {name: os.environ.get(name, version) for name in _VERSIONS})


def _run(label: str, command: list[str], cwd: Path | None, environ: Mapping[str, str] | None = None) -> Done:
    try:
        return run(command, _INSTALL_S, cwd, environ)
    except CannotRun as error:
        raise UsageError(f"{label} cannot be built and installed ({reason(error)}).") from error


def _version(side: Side) -> str:
    """Return the release that the last tag names; of commits behind it only the code differs."""
    where = () if side.commit else ("-C", side.label)
    tag = git.run(*where, "describe", "--tags", "--abbrev=0", side.commit or "HEAD").stdout.decode(errors="replace")
    found = re.search(r"\d+(\.\d+)*", tag)
    return found[0] if found else "0"


def _why(done: Done) -> str:
    lines = [re.sub(r"^\W+", "", line).rstrip() for line in done.err.splitlines()]  # pip draws frames
    lines = [line for line in lines if line and not any(word in line for word in _NO_REASON)]
    errors = [line for line in lines if re.search(r"\berror\b:?|Error:", line, re.IGNORECASE)]
    return (errors or lines or [f"exit code {done.code}"])[0].rstrip(".")
