"""Where other processes look for the code of the program that asks."""

from __future__ import annotations

import importlib
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

from bench.app.callers_folders import folders

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the path of a program that stands in ``here`` and has added the folder ``lib``."""
    for name in ("here", "lib"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    entries = [str(tmp_path / "lib"), sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
    monkeypatch.setattr(sys, "path", entries)
    importlib.invalidate_caches()
    return entries


def test_current_folder_comes_before_what_the_program_has_added(path: list[str], tmp_path: Path) -> None:
    """Folders of what is installed, which each process knows, are left out."""
    assert [str(tmp_path / "here"), path[0]] == folders("math")


def test_relative_and_missing_entries_mean_folders_or_nothing(path: list[str], tmp_path: Path) -> None:
    """An empty entry is the current folder; one that is not there, or of another Python's libraries, is none."""
    (tmp_path / "dist-packages").mkdir()
    path[:0] = ["", "../lib", str(tmp_path / "nowhere"), str(tmp_path / "dist-packages")]
    assert [str(tmp_path / "here"), str(tmp_path / "lib")] == folders()


def test_folder_of_the_function_is_added(path: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that was imported from a folder which is no longer on the path is still found there."""
    (tmp_path / "src" / "pack").mkdir(parents=True)
    (tmp_path / "src" / "pack" / "__init__.py").write_text("")
    (tmp_path / "src" / "pack" / "deep.py").write_text("")
    path.insert(0, str(tmp_path / "src"))
    importlib.import_module("pack.deep")
    path.pop(0)
    assert [str(tmp_path / "here"), str(tmp_path / "lib"), str(tmp_path / "src")] == folders("pack.deep")
    assert folders("pack") == folders("pack.deep")
    for name in ("pack", "pack.deep"):
        monkeypatch.delitem(sys.modules, name)


def test_current_folder_hides_no_module_of_the_program(
    path: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a file in it has the name of a module that came from elsewhere, it comes last."""
    (tmp_path / "lib" / "tools.py").write_text("")
    importlib.import_module("tools")
    assert str(tmp_path / "here") == folders()[0]
    (tmp_path / "here" / "tools.py").write_text("")
    assert [path[0], str(tmp_path / "here")] == folders()
    monkeypatch.delitem(sys.modules, "tools")


def test_deleted_folder_is_none(path: list[str], tmp_path: Path) -> None:
    """What the program has imported is found all the same, by entries that say where from wherever it stands."""
    path[:0] = ["", "../lib"]
    (tmp_path / "here").rmdir()
    assert [str(tmp_path / "lib")] == folders()


def test_what_imports_pass_over_is_passed_over(path: list[str], tmp_path: Path) -> None:
    """On the path of a program may stand what is no text."""
    path[:0] = [tmp_path]  # type: ignore[list-item]
    assert [str(tmp_path / "here"), str(tmp_path / "lib")] == folders()
