"""Tests of comparing what the sides of a cluster have with what is here."""

from __future__ import annotations

import pytest

from bench.cluster import sides
from bench.cluster.errors import ClusterFailed
from bench.core.version import VERSION


class Client:
    """A client whose scheduler and only worker are this process."""

    def run(self, function, **_):
        return {"tcp://10.0.0.2:1": function()}

    def run_on_scheduler(self, function):
        return function()


@pytest.fixture
def compared(tmp_path, monkeypatch):
    """Return what writes files for this side and for all others, and compares what both have under a name."""
    monkeypatch.syspath_prepend(str(tmp_path / "theirs"))

    def compare(name, ours, theirs):
        for place, files in (("ours", ours), ("theirs", theirs)):
            for path, text in files.items():
                file = tmp_path / place / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        code = {name: tmp_path / "ours" / name}
        sides.check(sides.everyone(Client(), code), code)

    return compare


def test_the_same_everywhere():
    """Where all sides have this primebench, each says its version, and nothing is raised."""
    found = sides.everyone(Client(), {})
    assert ["the scheduler", "the worker tcp://10.0.0.2:1"] == [side.name for side in found]
    assert {(VERSION, False)} == {(side.version, side.is_lent) for side in found}
    sides.check(found, {})


PACKAGE = {"pkg_a/__init__.py": "", "pkg_a/part.py": "def f(x): return x\n", "pkg_a/deep/more.py": "X = 1\n"}


@pytest.mark.parametrize("path", ["pkg_a/__init__.py", "pkg_a/part.py", "pkg_a/deep/more.py"])
def test_another_copy_of_a_package(compared, path):
    """A package of which any file differs is refused, for the copy on a side would be found before ours."""
    with pytest.raises(ClusterFailed, match="the scheduler has another pkg_a than"):
        compared("pkg_a", PACKAGE, PACKAGE | {path: "OLD = 1\n"})


def test_a_file_that_a_copy_lacks(compared):
    """A package that lacks a file is another one."""
    with pytest.raises(ClusterFailed, match="another pkg_b"):
        compared("pkg_b", {"pkg_b/__init__.py": "", "pkg_b/new.py": ""}, {"pkg_b/__init__.py": ""})


def test_the_same_copy(compared):
    """The same files are the same package, whatever else lies beside them."""
    files = {"pkg_c/__init__.py": "", "pkg_c/part.py": "X = 1\n"}
    compared("pkg_c", files, files | {"pkg_c/data.txt": "1"})


def test_a_package_without_init(compared):
    """A package without an __init__.py is compared by its files, too."""
    files = {"bare_a/part.py": "X = 1\n"}
    compared("bare_a", files, files)
    with pytest.raises(ClusterFailed, match="another bare_b"):
        compared("bare_b", {"bare_b/part.py": "X = 1\n"}, {"bare_b/part.py": "X = 0\n"})


def test_a_folder_that_a_package_hides(compared):
    """A folder without an __init__.py, such as that of a repository, is no obstacle for a package that has one."""
    compared("pkg_d", {"pkg_d/__init__.py": ""}, {"pkg_d/setup.py": "import nothing\n"})


def test_a_module_of_one_file(tmp_path, monkeypatch):
    """A module is compared as well, and one that a side lacks is no obstacle."""
    for place, text in (("ours", "X = 1\n"), ("theirs", "X = 0\n")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "one_module.py").write_text(text)
    code = {"one_module": tmp_path / "ours/one_module.py"}
    sides.check(sides.everyone(Client(), code), code)
    monkeypatch.syspath_prepend(str(tmp_path / "theirs"))
    with pytest.raises(ClusterFailed, match="another one_module"):
        sides.check(sides.everyone(Client(), code), code)
