"""What is released: an sdist and a wheel that hold what runs, and no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bench", "primes")
WHOLE = (ROOT / "bench" / "guide", ROOT / "bench" / "reports" / "formats" / "_html")  # folders with more than modules
BUILD = """
import sys
from setuptools import build_meta
target = sys.argv[1]  # which setuptools replaces by words of its own
build_meta.build_sdist(target)
build_meta.build_wheel(target)
"""


def runs():
    """Return what runs, and what users read: modules, marks for type checkers, plans, guide, and what draws charts."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    kept = (
        path for path in files if path.suffix in (".py", ".toml") or path.name == "py.typed" or path.parent in WHOLE
    )
    return {path.relative_to(ROOT).as_posix() for path in kept}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build both from a copy of the sources, without a network; return the folder that they are in."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "tests" / "ci", source / "tests" / "ci")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, target], cwd=source, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
    return target


def test_the_wheel_holds_what_runs(built):
    """Beside these there are only the metadata, the licence among them."""
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    metadata = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    assert runs() == set(names) - metadata
    assert [name for name in metadata if name.endswith("/licenses/LICENSE")]


def test_the_sdist_holds_what_the_wheel_is_made_of(built):
    """It has what runs and what builds it; neither tests nor records."""
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        names = {name.partition("/")[2] for name in (one.name for one in file if one.isfile())}
    made = {name for name in names if name.startswith("primebench.egg-info/")} | {"PKG-INFO", "setup.cfg"}
    assert runs() | {"pyproject.toml", "README.md", "LICENSE"} == names - made


def test_the_wheel_runs(built, tmp_path):
    """Unpacked somewhere else it lists its plans and measures, with nothing of the sources in reach."""
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    def primebench(*words):
        command = [sys.executable, "-m", "bench", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    plans = primebench("list", "plans")
    assert all(path.stem in plans.stdout for path in (ROOT / "bench" / "plans").glob("*.toml"))
    checked = primebench("check", "--backend", "serial", "--range", "0:100")
    assert 0 == checked.returncode, checked.stderr
