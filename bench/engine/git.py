"""Ask git about the repository in the current folder: its commits, the files of one, and uncommitted changes."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.commit import Commit
from bench.core.errors import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(Exception):
    """Git did not do what it was asked; the message is what it said."""


def commit_of(label: str) -> str:
    """Return the commit that a ref of the repository in the current folder names; `UsageError` when there is none."""
    if label.startswith("-"):
        raise UsageError(f"{label} is no git ref.")
    done = run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{label}^{{commit}}")
    if done.returncode != 0:
        found = run("rev-parse", "--git-dir")
        inside, said = found.returncode == 0, _words_of(found)
        if not inside and "not a git repository" not in said:  # whose it is, or what is broken in it
            raise UsageError(f"{label}: git cannot read this repository ({said}).")
        where = (
            "a commit of this repository (shallow clones lack most: git fetch --unshallow)"
            if inside
            else ("a commit, because the current folder is in no git repository")
        )
        raise UsageError(f"{label} is not {where}, nor a source folder, nor a Python program; name one of these.")
    return done.stdout.decode().split()[-1]


def unpacked(label: str, commit: str, scratch: Path, paths: Sequence[str] = ()) -> Path:
    """Unpack the files of a commit into a new folder; nothing of this is left in the repository.

    Args:
        label: what the user named.
        commit: its hash.
        scratch: where the folder is made.
        paths: the folders to unpack, from the top of the repository; all if there are none.

    Raises:
        Refused: the commit lacks one of the paths, or cannot be read.
        UsageError: a file of it leads out of the folder.
    """
    done = _archive(commit, scratch, paths)
    if done.returncode != 0:
        raise Refused(_words_of(done))
    tree = Path(tempfile.mkdtemp(prefix="source-", dir=scratch))
    try:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as file:
            file.extractall(tree, filter="data")
    except tarfile.FilterError as error:
        raise UsageError(f"{label} holds a file that leads out of its tree ({reason(error)}).") from error
    return tree


def _archive(commit: str, scratch: Path, paths: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Archive a commit, with the files too that a project keeps out of its own archives: tests and cases often.

    Only the attributes of a repository itself are stronger than those of a commit, so a new one borrows all objects.
    Where it cannot have them (a partial clone fetches them as they are needed) the project's archive has to do.
    """
    borrower = Path(tempfile.mkdtemp(prefix="git-", dir=scratch))
    objects = Path(run("rev-parse", "--git-path", "objects").stdout.decode().strip()).resolve()
    run("init", "--quiet", "--bare", "--template=", str(borrower))
    for name, text in (("objects/info/alternates", f"{objects}\n"), ("info/attributes", "* -export-ignore\n")):
        (borrower / name).parent.mkdir(parents=True, exist_ok=True)
        (borrower / name).write_text(text, encoding="utf-8")
    done = run(f"--git-dir={borrower}", "archive", "--format=tar", commit, *paths)
    return done if done.returncode == 0 else run("-C", _top(), "archive", "--format=tar", commit, *paths)


def uncommitted(label: str, paths: Sequence[str]) -> str | None:
    """Return a sentence if ``label`` names the commit that is checked out while there are uncommitted changes to it.

    Args:
        label: a ref.
        paths: the folders that matter, from the top of the repository; all if there are none.
    """
    head, named = (run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").stdout for ref in ("HEAD", label))
    if not head or head != named:
        return None
    changed = _status(_top(), "--untracked-files=no", "--", *paths).stdout.decode().splitlines()
    if not changed:
        return None
    return (
        f"{label} is measured as committed, without the uncommitted changes to {len(changed)} "
        f"file{'s' if len(changed) != 1 else ''}; name the folder . to measure those."
    )


def holds_uncommitted() -> bool:
    """Say whether there is something in the current folder that no commit has, new files included."""
    return bool(_status(".", "--", ".").stdout.strip())


def checked_out(folder: str) -> Commit | None:
    """Return the commit that is checked out where a folder lies; None outside of repositories and without git."""
    try:
        told = run("-C", folder, "log", "-1", "--no-show-signature", "--format=%H %cI")
        changed = _status(folder, "--untracked-files=no")
    except UsageError:  # there is no git
        return None
    if told.returncode != 0 or changed.returncode != 0 or not holds(Path(folder)):
        return None  # also a folder below a repository that knows nothing of it, such as an installed copy in .venv
    name, _, at = told.stdout.decode().strip().partition(" ")
    return Commit(name, at, bool(changed.stdout.strip()))


def prefix() -> Path:
    """Return where the current folder lies in the repository, seen from its top; in none, it is the top itself."""
    return Path(_place(".", "--show-prefix"))


def top(folder: Path) -> Path:
    """Return the top of the work tree in which a folder lies; the folder itself outside of any, and without git."""
    return Path(_place(str(folder), "--show-toplevel") or folder)


def holds(folder: Path) -> bool:
    """Say whether a repository has anything in a folder; none has in a project below a home that is a repository."""
    try:
        return bool(run("-C", str(folder), "ls-files").stdout)
    except UsageError:  # there is no git
        return False


def _status(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Ask for what no commit has, one line each; without a lock, so that nothing is written."""
    return run("--no-optional-locks", "-C", folder, "status", "--porcelain", *arguments)


def _top() -> str:
    return _place(".", "--show-toplevel") or "."


def _place(folder: str, asked: str) -> str:
    try:
        return os.fsdecode(run("-C", folder, "rev-parse", asked).stdout).removesuffix("\n")
    except UsageError:  # there is no git
        return ""


def _words_of(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git said, without the commands that it goes on to suggest."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    said = next((line for line in lines if line.startswith(("fatal: ", "error: "))), lines[0] if lines else "")
    return said.partition(": ")[2] or said or f"exit code {done.returncode}"


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the current folder; `UsageError` when it is not installed.

    A monitor of files, which whatever reads the index starts, would be a program that nobody has named: it is left out.
    """
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError("git is not installed; name source folders or Python programs as sides.") from error
