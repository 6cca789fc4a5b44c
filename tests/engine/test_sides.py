"""From what a user names to an interpreter that measures with the right source."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from bench.core import start
from bench.core.errors import UsageError
from bench.core.version import VERSION
from bench.engine import sides
from bench.engine.virtual_environment import from_source, scratch_folder
from tests.support.installation import copy_source, set_version
from tests.support.repository import git
from tests.support.sides import said


def test_refs_measure_with_the_source_of_their_commit(inside):
    """A tag and HEAD are two versions of primebench at once, each imported from its own unpacked commit."""
    with scratch_folder() as scratch:
        old, new = sides.build("old", scratch), sides.build("HEAD", scratch)
        assert ("9.1", "9.2") == (old.version, new.version)
        assert git(inside, "rev-parse", "old") == old.commit
        assert Path(old.source).is_relative_to(scratch.resolve()) and Path(new.source).is_relative_to(scratch.resolve())
        assert old.source != new.source


def test_nothing_is_left_of_a_ref(inside):
    """After the scratch_folder has closed, its folder is gone, and the repository has no worktree and no change."""
    with scratch_folder() as scratch:
        sides.build("old", scratch)
    assert not scratch.exists()
    assert 1 == len(git(inside, "worktree", "list").splitlines())
    assert "" == git(inside, "status", "--porcelain", "--untracked-files=no")


def test_refs_can_be_named_from_a_subfolder(inside, monkeypatch):
    """The current folder may be any folder of the repository."""
    monkeypatch.chdir(inside / "bench" / "core")
    with scratch_folder() as scratch:
        assert "9.2" == sides.build("main", scratch).version


def test_a_folder_is_measured_as_it_lay_there(tmp_path):
    """A source folder needs no repository, what is changed in it counts without a commit, and later changes do not."""
    copy_source(tmp_path, "9.9+dirty")
    (tmp_path / "mykernel.py").write_text("def is_prime(n):\n    return n == 2\n")
    with scratch_folder() as scratch:
        side = sides.build(str(tmp_path), scratch)
        set_version(tmp_path, "10")
        assert ("9.9+dirty", None) == (side.version, side.commit)
        assert "9.9+dirty" == said(side, "from bench.core.version import VERSION; print(VERSION)")
        assert str(tmp_path / "mykernel.py") == said(side, "import mykernel; print(mykernel.__file__)")


def test_this_interpreter_is_a_side():
    """The running Python measures with the primebench that it has."""
    with scratch_folder() as scratch:
        side = sides.build(sys.executable, scratch)
        assert (sys.executable, VERSION) == (side.python, side.version)


def test_the_running_primebench_is_a_side(tmp_path):
    """Whatever else is installed, the control is measured with the very source that runs right now."""
    with scratch_folder() as scratch:
        side = sides.running(scratch)
        assert (Path(start.SOURCE), sys.executable) == (Path(side.source).resolve(), side.python)


def test_another_installation_is_a_side(tmp_path):
    """The Python of an environment with another primebench in it measures with that one, wherever we are."""
    with scratch_folder() as scratch:
        copy_source(tmp_path, "8.8")
        made = from_source("made", tmp_path, scratch)
        side = sides.build(made.python, scratch)
        assert ("8.8", made.python) == (side.version, side.python)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("no-such-ref", "no-such-ref is not a commit of this repository"),
        ("--upload-pack=x", "is no git ref"),
        ("bare", "holds no bench/ and primes/ to measure"),
        ("bench", "bench is a folder without bench/ and primes/"),
    ],
)
def test_what_is_no_side_is_refused_in_one_line(inside, label, said):
    """A ref that does not exist, a commit or folder without the packages: one line that names it."""
    with scratch_folder() as scratch, pytest.raises(UsageError) as refused:
        sides.build(label, scratch)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_environment_without_primebench_is_refused(tmp_path):
    """A Python without primebench: one line with the program, the reason and the command that installs it."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(tmp_path / "bare")
    python = str(tmp_path / "bare" / "bin" / "python")
    with scratch_folder() as scratch, pytest.raises(UsageError) as refused:
        sides.build(python, scratch)
    assert f"{python} has no primebench that can run" in str(refused.value)
    assert "No module named 'bench'" in str(refused.value)
    assert f"{python} -m pip install primebench" in str(refused.value)
