"""The sides of a paired run: what a user may name, and how it becomes an interpreter that measures.

==================  ==============================================================================================
what is named       what measures
==================  ==============================================================================================
a git ref           ``bench`` and ``primes`` of that commit, in a throw-away virtual environment
a source folder     a copy of ``bench`` and ``primes`` in it, with all uncommitted changes; ``.`` is this one
a Python program    the primebench that is installed there, with its own libraries
==================  ==============================================================================================

A throw-away environment has no packages of its own: a path file puts the source in front and the libraries of the
running interpreter behind it. Nothing is built or fetched, so it works without a network and in a fraction of a
second; whoever needs other libraries on one side names a Python program. The source of a commit is unpacked by
``git archive``, which leaves no trace in the repository, however this process ends.

An installed copy may be faster or slower than the next one of the same source by its place in memory and on disk alone,
by one or two per cent. So a side can be built once more (`again`), and pairs alternate between its builds; a program
that the user has installed is what it is.

Every side is started in a folder of its own, because older versions let the current folder come first on the path.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import UsageError, reason
from bench.core.side import Side, here
from bench.core.start import PACKAGES
from bench.engine import session
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROBE = """
import json, os, platform
import bench, primes
from bench.core.version import VERSION
import bench.engine.worker
source = os.path.dirname(os.path.dirname(os.path.abspath(bench.__file__)))
print(json.dumps({"version": VERSION, "source": source, "python_version": platform.python_version()}))
"""
_PROBE_S = 60
_ENDING_S = 10  # what may pass from this deadline until all of it has been ended


def running(shop: Path) -> Side:
    """Return the primebench that runs right now, as a side."""
    folder = _empty(Path(tempfile.mkdtemp(prefix="side-", dir=shop)))
    return here(folder=folder)


@contextlib.contextmanager
def workshop() -> Iterator[Path]:
    """Make a folder for sides, and remove it with all it holds, in whatever way this process ends."""
    with temp_folder("primebench-sides-") as folder, Supervisor(session.wait_for_owner, folder):
        yield folder


def build(label: str, shop: Path) -> Side:
    """Return the side that ``label`` names, ready to measure.

    Args:
        label: a git ref of the repository in the current folder, a source folder, or a Python program.
        shop: a folder of `workshop`.

    Raises:
        UsageError: there is no such ref, folder or program, or no primebench in it; the message says what to do.
    """
    found = program(label)
    if found is not None:
        return _of_program(label, found, shop)
    if Path(label).is_dir():
        if not _holds_source(Path(label)):
            raise UsageError(f"{label} is a folder without bench/ and primes/; name a source folder of primebench.")
        source = Path(label).resolve()
        # A copy, so that whoever goes on working in there changes nothing that is being measured.
        return from_source(label, _copied(label, source, shop, "__pycache__"), shop, (str(source),))
    return _from_commit(label, shop)


def again(side: Side, shop: Path) -> Side:
    """Return the side built once more: the same source, elsewhere; a program of the user's stays the same."""
    if side.behind is None:
        return side
    source = _copied(side.label, Path(side.source), shop)  # with what is compiled of it already
    python, folder, _ = environment((str(source), *side.behind), shop)
    known_as = side.known_as or side.python
    return replace(side, python=python, folder=folder, source=str(source), known_as=known_as)


def _copied(label: str, source: Path, shop: Path, *left_out: str) -> Path:
    place = Path(tempfile.mkdtemp(prefix="source-", dir=shop))
    try:
        for name in PACKAGES:
            shutil.copytree(source / name, place / name, ignore=shutil.ignore_patterns(*left_out))
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{label}: its source cannot be copied to {place} ({reason(error)}).") from error
    for folder, _, _ in os.walk(place):
        Path(folder).chmod(0o700)  # a source that may not be written would leave a copy that cannot be removed
    return place


def from_source(label: str, source: Path, shop: Path, behind: tuple[str, ...] = ()) -> Side:
    """Return a side that measures with the packages in the folder ``source``, as they lie there.

    Args:
        label: what the user named.
        source: holds ``bench`` and ``primes``.
        shop: a folder of `workshop`.
        behind: folders in which everything else is looked for before the libraries of this Python.
    """
    python, folder, _ = environment((str(source), *behind), shop)
    side = _probed(Side(label, python, folder, behind=behind))
    if Path(side.source).resolve() != source.resolve():
        raise UsageError(f"{label}: Python takes bench from {side.source} and not from this side; unset PYTHONPATH.")
    return side


def environment(sources: tuple[str, ...], shop: Path, *, with_pip: bool = False) -> tuple[str, Path, Path]:
    """Make an environment that imports from these folders, and what else it lacks from where this Python does.

    Returns:
        Its Python, where to start it, and where it holds what is installed in it.
    """
    place = Path(tempfile.mkdtemp(prefix="side-", dir=shop))
    venv.EnvBuilder(symlinks=os.name != "nt", with_pip=with_pip).create(place / "venv")
    scheme = {"base": str(place / "venv"), "platbase": str(place / "venv")}
    libraries = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    library = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    (library / "primebench-side.pth").write_text("\n".join([*sources, *libraries]) + "\n", encoding="utf-8")
    python = Path(sysconfig.get_path("scripts", "venv", vars=scheme)) / Path(sys.executable).name
    if not python.exists():
        python = python.with_name("python")
    return str(python), _empty(place), library


def _empty(place: Path) -> Path:
    folder = place / "start"
    folder.mkdir()
    return folder


def _holds_source(folder: Path) -> bool:
    return all((folder / name / "__init__.py").is_file() for name in PACKAGES)


# --- Python programs ----------------------------------------------------------------------------------------------


def program(label: str) -> str | None:
    """Return the program's full path if the label names a Python program: a path to one, or python3.12 and the like."""
    looks_like_one = os.sep in label or label.startswith("python")
    found = shutil.which(label) if looks_like_one else None
    return None if found is None else os.path.abspath(found)  # its link is kept: resolving it would leave the venv


def _of_program(label: str, program: str, shop: Path) -> Side:
    side = Side(label, program, _empty(Path(tempfile.mkdtemp(prefix="side-", dir=shop))))
    try:
        return _probed(side)
    except UsageError:
        # Without an installation, the interpreter that runs us still has the primebench that runs right now.
        if program != os.path.abspath(sys.executable):
            raise
        return replace(running(shop), label=label)


def _probed(side: Side) -> Side:
    answer = _ask(side)
    return replace(side, version=answer["version"], python_version=answer["python_version"], source=answer["source"])


def _ask(side: Side) -> dict[str, str]:
    try:
        with temp_folder("primebench-") as folder, Supervisor(partial(_probe, side, folder), folder) as supervisor:
            done: tuple[int | None, str, str] | str = supervisor.answer(_PROBE_S + _ENDING_S)
    except (Ended, OSError) as error:
        done = str(error)
    if isinstance(done, str) or done[0] is None:
        why = done if isinstance(done, str) and done else f"no answer within {_PROBE_S} s"
        raise UsageError(f"{side.label}: {side.python} cannot be run ({why}).")
    code, out, err = done
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


def _probe(side: Side, folder: Path) -> tuple[int | None, str, str] | str:
    """Return exit code, stdout and stderr of the probe, or why it cannot be run."""
    out, err = folder / "out", folder / "err"
    try:
        ending = session.run(
            [side.python, "-P", "-c", _PROBE],
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=out,
            stderr=err,
            timeout_s=_PROBE_S,
            on_start=partial(note_session, folder),
            cwd=side.folder,
        )
    except OSError as error:
        return reason(error)
    return ending.code, out.read_text(errors="replace"), err.read_text(errors="replace")


# --- git ----------------------------------------------------------------------------------------------------------


def _from_commit(label: str, shop: Path) -> Side:
    commit = commit_of(label)
    top = git("rev-parse", "--show-toplevel").stdout.decode().strip() or "."
    done = git("-C", top, "archive", "--format=tar", commit, *PACKAGES)
    if done.returncode != 0:
        raise UsageError(
            f"{label} ({commit[:10]}) holds no bench/ and primes/ to measure ({words_of(done)}); name a commit of "
            "primebench, or a Python program that has it installed."
        )
    return replace(from_source(label, unpacked(label, done.stdout, shop), shop), commit=commit)


def unpacked(label: str, archive: bytes, shop: Path) -> Path:
    """Unpack what ``git archive`` has written into a new folder; `UsageError` when it leads out of that folder."""
    tree = Path(tempfile.mkdtemp(prefix="source-", dir=shop))
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as file:
            file.extractall(tree, filter="data")
    except tarfile.FilterError as error:
        raise UsageError(f"{label} holds a file that leads out of its tree ({reason(error)}).") from error
    return tree


def commit_of(label: str) -> str:
    """Return the commit that a ref of the repository in the current folder names; `UsageError` when there is none."""
    if label.startswith("-"):
        raise UsageError(f"{label} is no git ref.")
    done = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{label}^{{commit}}")
    if done.returncode != 0:
        found = git("rev-parse", "--git-dir")
        inside, said = found.returncode == 0, words_of(found)
        if not inside and "not a git repository" not in said:  # whose it is, or what is broken in it
            raise UsageError(f"{label}: git cannot read this repository ({said}).")
        where = (
            "a commit of this repository (shallow clones lack most: git fetch --unshallow)"
            if inside
            else ("a commit, because the current folder is in no git repository")
        )
        raise UsageError(f"{label} is not {where}, nor a source folder, nor a Python program; name one of these.")
    return done.stdout.decode().split()[-1]


def uncommitted(label: str, paths: Sequence[str] = PACKAGES) -> str | None:
    """Return a sentence if ``label`` names the commit that is checked out while there are uncommitted changes to it.

    Args:
        label: what names a side.
        paths: the folders that matter, from the top of the repository; all if there are none.
    """
    if program(label) or Path(label).is_dir():
        return None
    head, named = (git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").stdout for ref in ("HEAD", label))
    if not head or head != named:
        return None
    top = git("rev-parse", "--show-toplevel").stdout.decode().strip()
    changed = git("-C", top, "status", "--porcelain", "--untracked-files=no", "--", *paths).stdout.decode().splitlines()
    if not changed:
        return None
    return (
        f"{label} is measured as committed, without the uncommitted changes to {len(changed)} "
        f"file{'s' if len(changed) != 1 else ''}; name the folder . to measure those."
    )


def words_of(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said, without the commands that it goes on to suggest."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    said = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0] if lines else "")
    return said.partition(": ")[2] or said or f"exit code {done.returncode}"


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the current folder; `UsageError` when it is not installed."""
    try:
        return subprocess.run(["git", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError("git is not installed; name source folders or Python programs as sides.") from error
