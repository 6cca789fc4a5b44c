"""The sides of a gate over a user's own function: source trees of their repository, measured by this primebench.

Each side is the same primebench with the same libraries, or those of a Python program that is named; only the folder in
which the user's code is looked up differs (`primes.user_code`). The tree of a commit is unpacked by ``git archive``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError
from bench.core.side import here
from bench.engine import sides
from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.side import Side

_INSTALL_S = 600


def build(label: str, modules: Sequence[str], shop: Path, *, source: str | None, install: bool) -> Side:
    """Return the side that ``label`` names.

    Args:
        label: a git ref of the repository in the current folder, a folder with the user's code, or a Python program.
        modules: the modules or files that hold what is measured, by which the folder of the code is found.
        shop: a folder of `bench.engine.sides.workshop`.
        source: the folder of the code inside the tree, where it is neither the top nor ``src``.
        install: build the tree and install it into a folder of its own, for code that has to be compiled.

    Raises:
        UsageError: there is no such ref, folder or program, or it cannot be built.
    """
    side = here(label)
    program = sides.program(label)
    if program is not None:
        return replace(sides.build(label, shop), environ=_looking_in(Path.cwd()))
    if Path(label).is_dir():
        tree = Path(label).resolve()
    else:
        commit = sides.commit_of(label)
        side, tree = replace(side, commit=commit), _unpacked(label, commit, shop)
    place = _installed(label, tree, shop) if install else _place(label, tree, modules, source)
    return replace(side, environ=_looking_in(place))


def folder_of(side: Side) -> Path:
    """Return the folder in which the user's code of a side is looked up."""
    return Path(dict(side.environ)[user_code.FOLDER])


def _looking_in(folder: Path) -> tuple[tuple[str, str], ...]:
    return ((user_code.FOLDER, str(folder)),)


def _unpacked(label: str, commit: str, shop: Path) -> Path:
    top = sides.git("rev-parse", "--show-toplevel").stdout.decode().strip() or "."
    done = sides.git("-C", top, "archive", "--format=tar", commit)
    if done.returncode != 0:
        raise UsageError(f"{label} ({commit[:10]}) cannot be unpacked: {sides.words_of(done)}.")
    return sides.unpacked(label, done.stdout, shop)


def _place(label: str, tree: Path, modules: Sequence[str], source: str | None) -> Path:
    if source:
        place = tree / source
        if not place.is_dir():
            raise UsageError(f"{label} has no folder {source}; name the one that holds the code with --source.")
        return place
    for place in (tree, tree / "src"):
        if all(_holds(place, module) for module in modules):
            return place
    return tree  # where the function is looked for and not found, which is told with its name


def _holds(place: Path, module: str) -> bool:
    if module.endswith(".py"):
        return (place / module).is_file()
    top = module.partition(".")[0]
    return (place / top).is_dir() or (place / f"{top}.py").is_file()


def _installed(label: str, tree: Path, shop: Path) -> Path:
    place = Path(tempfile.mkdtemp(prefix="installed-", dir=shop))
    command = [sys.executable, "-P", "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(tree)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_INSTALL_S
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"{label} could not be built within {_INSTALL_S} s.") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        said = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise UsageError(f"{label} cannot be built and installed ({said.strip().rstrip('.')}).")
    return place


def inside(side: Side, file: str) -> bool:
    """Say whether a file, as seen from the folder of a side's code, lies in it; one that is not known does not."""
    return bool(file) and not Path(file).is_absolute() and Path(file).parts[:1] != (os.pardir,)
