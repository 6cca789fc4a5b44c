"""Where the code of a user's lies in each side of a gate: found from wherever they stand, named as they know it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from bench.core.errors import UsageError
from bench.core.side import Side
from bench.engine import own_sides
from bench.engine.tree_names import named
from tests.support.repository import git
from tests.support.sides import said_of_code

LOAD = "import sys; from primes import user_code; print(user_code.load(sys.argv[1]).__file__)"


@pytest.fixture
def scratch(tmp_path):
    """A folder for what is unpacked."""
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.fixture
def repository(tmp_path):
    """A repository with packages at its top, in src and below, each with cases in tests, one commit, and one change."""
    top = tmp_path / "repo"
    for name in ("flat/__init__.py", "src/deep/work.py", "tests/cases.py", "py/pkg/work.py", "py/src/inner.py"):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text("")
    git(top, "init", "--quiet")
    git(top, "add", ".")
    git(top, "commit", "--quiet", "-m", "first")
    return top


def test_a_work_tree_that_lies_elsewhere_is_none_of_the_folder(repository, scratch, tmp_path, monkeypatch):
    """GIT_WORK_TREE may name any folder; the one in which the user stands is looked at then."""
    monkeypatch.chdir(repository)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    monkeypatch.chdir(repository / "py")
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert own_sides.build(".", scratch, source=None, install=False).folder == repository / "py"


def test_a_folder_of_which_a_repository_has_nothing_is_copied_alone(repository, scratch, monkeypatch):
    """A home that is a repository, with a project in it that is none: the home is not copied to be installed."""
    (repository / "mine").mkdir()
    monkeypatch.chdir(repository / "mine")
    copied = []
    monkeypatch.setattr("bench.engine.installing.copied", lambda label, tree, scratch: copied.append(tree) or tree)
    monkeypatch.setattr("bench.engine.installing.installed", lambda side, project, scratch: side)
    own_sides.build(".", scratch, source=None, install=True)
    assert [repository / "mine"] == copied


def loaded(side, reference):
    """Return the file that a process of this side finds for a module or file, from the top of the side's tree."""
    return said_of_code(side, LOAD, reference)


@pytest.mark.parametrize(
    ("stands", "source", "reference", "file"),
    [
        ("", None, "flat", "flat/__init__.py"),
        ("", None, "deep.work", "src/deep/work.py"),
        ("", None, "tests.cases", "tests/cases.py"),
        ("", None, "tests/cases.py", "tests/cases.py"),
        ("", None, "src/deep/work.py", "src/deep/work.py"),
        ("py", None, "pkg.work", "py/pkg/work.py"),
        ("py", None, "pkg/work.py", "py/pkg/work.py"),
        ("py", None, "inner", "py/src/inner.py"),
        ("py", None, "deep.work", "src/deep/work.py"),
        ("py/pkg", None, "pkg.work", "py/pkg/work.py"),
        ("", "py", "pkg.work", "py/pkg/work.py"),
        ("py", "src", "inner", "py/src/inner.py"),
        ("py", "py/src", "inner", "py/src/inner.py"),
        ("", "py", "tests.cases", "tests/cases.py"),
    ],
)
@pytest.mark.parametrize("label", ["HEAD", "{top}", "."])
def test_code_is_found_from_where_the_user_stands(
    repository, scratch, monkeypatch, label, stands, source, reference, file
):
    """At the top, in src and in tests, and below the top as well, in a commit, in a folder and in the current one."""
    monkeypatch.chdir(repository / stands)
    side = own_sides.build(label.format(top=repository), scratch, source=source, install=False)
    root = Path(side.unpacked[0]) if side.unpacked else repository
    assert root / file == Path(loaded(side, reference))


@pytest.mark.parametrize(("reference", "file"), [("pkg.work", "py/pkg/work.py"), ("flat", "flat/__init__.py")])
def test_another_checkout_is_searched_as_a_commit_is(repository, scratch, monkeypatch, tmp_path, reference, file):
    """It is named by its top, and the user stands below that of theirs: that place in it is searched, then its top."""
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"))
    monkeypatch.chdir(repository / "py")
    side = own_sides.build(str(tmp_path / "other"), scratch, source=None, install=False)
    assert tmp_path / "other" / file == Path(loaded(side, reference))


@pytest.mark.parametrize("path", ["", None])
def test_a_folder_of_no_repository_is_the_tree(tmp_path, scratch, monkeypatch, path):
    """It is the tree itself, and so is one of a repository where there is no git."""
    (tmp_path / "plain/pkg").mkdir(parents=True)
    (tmp_path / "plain/pkg/__init__.py").touch()
    monkeypatch.chdir(tmp_path / "plain")
    if path is not None:
        git(tmp_path, "init", "--quiet")
        monkeypatch.setenv("PATH", path)
    side = own_sides.build(".", scratch, source=None, install=False)
    assert tmp_path / "plain" == own_sides.folder_of(side) == side.folder


@pytest.mark.parametrize(
    ("label", "stands", "folder"),
    [
        ("HEAD", "", ""),
        ("HEAD", "py", "py"),
        ("HEAD", "py/new", "py"),
        ("{top}", "py", "py"),
        ("{top}/py", "", "py"),
        (".", "py", "py"),
    ],
)
def test_a_side_is_started_in_its_own_tree(repository, scratch, monkeypatch, label, stands, folder):
    """Where the user stands, as it is there, or in the nearest folder around it that the commit has."""
    (repository / "py/new").mkdir()
    monkeypatch.chdir(repository / stands)
    side = own_sides.build(label.format(top=repository), scratch, source=None, install=False)
    assert (Path(side.unpacked[0]) if side.unpacked else repository) / folder == side.folder


def test_a_python_program_is_started_where_the_user_stands(repository, scratch, monkeypatch):
    """Its code lies there, and so do the files that the code opens."""
    monkeypatch.chdir(repository / "py")
    assert repository / "py" == own_sides.build(sys.executable, scratch, source=None, install=False).folder


def test_a_python_program_finds_a_package_in_src(repository, scratch, monkeypatch):
    """Its code is that of the folder in which the user stands."""
    monkeypatch.chdir(repository)
    side = own_sides.build(sys.executable, scratch, source=None, install=False)
    assert repository / "src/deep/work.py" == Path(loaded(side, "deep.work"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{tree}/a/b.py defines no f.", "a/b.py at HEAD~1 defines no f."),
        ("there is no file {tree}/a/x.py.", "there is no file a/x.py at HEAD~1."),
        ("in the folder {tree}, ({tree}/a b.py: no)", "in the folder HEAD~1, (a b.py at HEAD~1: no)"),
        ("{tree}-old/a.py and {tree}/", "{tree}-old/a.py and HEAD~1"),
        ("it is not in {tree}.", "it is not in HEAD~1."),
        ("nothing", "nothing"),
    ],
)
def test_files_are_named_by_the_ref(tmp_path, text, told):
    """Whether the file is there or not, and with blanks in it."""
    tree = tmp_path / "source-abc"
    (tree / "a").mkdir(parents=True)
    (tree / "a b.py").touch()
    side = Side("HEAD~1", unpacked=(str(tree),))
    assert told.format(tree=tree) == named(side, text.format(tree=tree))


def test_files_that_a_project_does_not_publish_are_there(repository, scratch, monkeypatch):
    """Tests that are kept out of archives hold items all the same."""
    monkeypatch.chdir(repository)
    (repository / ".gitattributes").write_text("tests export-ignore\n")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "archives")
    side = own_sides.build("HEAD", scratch, source=None, install=False)
    assert Path(side.unpacked[0]) / "tests/cases.py" == Path(loaded(side, "tests.cases"))


@pytest.mark.parametrize("source", ["lib", "../..", "/tmp", "flat/__init__.py"])
@pytest.mark.parametrize("label", ["HEAD", "."])
def test_no_such_source_names_the_side(repository, scratch, monkeypatch, label, source):
    """A folder that is not there, one outside the tree, which would be the same for both sides, and a file."""
    monkeypatch.chdir(repository)
    with pytest.raises(UsageError, match=f"{re.escape(label)} has no folder {re.escape(source)}; with --source name"):
        own_sides.build(label, scratch, source=source, install=False)
