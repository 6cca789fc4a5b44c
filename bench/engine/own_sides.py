"""The sides of a gate over a user's own function: source trees of their repository, measured by this primebench.

Each side is the same primebench with the same libraries, or those of a Python program that is named; only the folders
in which the user's code is looked up differ (`primes.user_code`): that in which the user stands, as it is in the tree,
then those around it up to the top of the tree, and the ``src`` in each. A side is started in the first of these, so
that files which the code opens by relative paths are its own as well. The tree of a commit is unpacked by
``git archive``; of a Python program it is the folder in which the user stands, and then what is installed for it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError
from bench.core.side import here
from bench.engine import git, installing, interpreter, sides
from primes import user_code

if TYPE_CHECKING:
    from bench.core.side import Side


def build(label: str, scratch: Path, *, source: str | None, install: bool) -> Side:
    """Return the side that ``label`` names.

    Args:
        label: a git ref of the repository in the current folder, a folder with the user's code, or a Python program.
        scratch: a folder of `bench.engine.virtual_environment.scratch_folder`.
        source: the folder of the code, from where the user stands or from the top of the tree.
        install: build the tree and install it into an environment of its own, for code that has to be compiled.

    Raises:
        UsageError: there is no such ref, folder or program, or it cannot be built.
    """
    if interpreter.program(label) is not None:
        if install:
            raise UsageError(
                f"{label} is a Python program: install the package there, stand in another folder, and leave out "
                "--install."
            )
        return _looking(sides.build(label, scratch), Path.cwd(), Path(), source)
    side = here(label)
    if os.path.isdir(label):
        tree, inside = _place(Path(label).resolve(), copied=install)
        if not install:
            return _looking(side, tree, inside, source)
        tree = installing.copied(label, tree, scratch)
    else:
        commit = git.commit_of(label)
        tree = _unpacked(label, commit, scratch)
        inside = git.prefix()
        side = replace(side, commit=commit)
    side = _looking(replace(side, unpacked=(str(tree),)), tree, inside, source)
    return installing.installed(side, _project(tree, inside, source), scratch) if install else side


def folder_of(side: Side) -> Path:
    """Return the folder in which the user's code of a side lies."""
    return Path(dict(side.environ)[user_code.FOLDER])


def is_python(side: Side) -> bool:
    """Say whether a side is a Python program, whose code is whatever it finds from where the user stands."""
    return interpreter.program(side.label) is not None


def owns(side: Side, file: str) -> bool:
    """Say whether a file, as seen from the folder of a side's code, is its own: in its tree, or found by its Python."""
    if is_python(side):
        return True
    return bool(file) and not Path(file).is_absolute() and Path(file).parts[:1] != (os.pardir,)


def _place(named: Path, *, copied: bool) -> tuple[Path, Path]:
    """Return the tree that a folder means, and the place in it: as in a commit, it goes up to the top of a work tree.

    A folder in which the user does not stand is the tree itself, as another checkout is, with the same place in it. So
    is one that is to be copied and of which the repository around it has nothing.
    """
    stands = Path.cwd().resolve()
    if not stands.is_relative_to(named):
        return named, git.prefix()
    tree = named if copied and not git.holds(named) else git.top(named)
    tree = tree if stands.is_relative_to(tree) else named  # GIT_WORK_TREE may name any
    return tree, stands.relative_to(tree)


def _unpacked(label: str, commit: str, scratch: Path) -> Path:
    try:
        return git.unpacked(label, commit, scratch)
    except git.Refused as said:
        raise UsageError(f"{label} ({commit[:10]}) cannot be unpacked: {said}.") from None


def _looking(side: Side, tree: Path, inside: Path, source: str | None) -> Side:
    """Return the side with the folders in which its code is looked up; `UsageError` if there is no ``source``."""
    around = [place for place in (tree / inside, *(tree / inside).parents) if place.is_relative_to(tree)]
    root, places = str(tree), [each for place in around for each in user_code.with_source(str(place))]
    if source:
        named = [Path(os.path.realpath(place / source)) for place in (tree / inside, tree)]
        found = next((place for place in named if os.path.isdir(place) and place.is_relative_to(tree.resolve())), None)
        if found is None:
            raise UsageError(
                f"{side.label} has no folder {source}; with --source name the one in it that holds the code, from "
                "where you stand or from the top."
            )
        root, places = str(found), [str(found), *places]  # the function lies in there, items may lie elsewhere
    stands = next((place for place in around if place.is_dir()), tree)  # a commit may lack where the user stands
    return replace(side, folder=stands, environ=((user_code.FOLDER, root), (user_code.FOLDERS, "\n".join(places))))


def _project(tree: Path, inside: Path, source: str | None) -> Path:
    """Return the folder that pip can build: the nearest one to where the user stands or the code lies."""
    nearest = tree / inside / (source or "")
    around = [place for place in (nearest, *nearest.parents) if place.is_relative_to(tree)]
    return next((place for place in around if _is_project(place)), tree)


def _is_project(place: Path) -> bool:
    return any(os.path.isfile(place / name) for name in ("pyproject.toml", "setup.py"))
