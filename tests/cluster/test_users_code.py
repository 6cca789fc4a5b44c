"""Tests of which files a cluster needs."""

from __future__ import annotations

from bench.cluster.users_code import modules
from primes import user_code


def test_modules_packages_and_files(tmp_path, monkeypatch):
    """What lies in the user's folder travels under the name by which it is found; what is installed does not."""
    for name in ("one.py", "two/__init__.py", "deep/three.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    found = modules(["one:f", "two.part:f", "deep/three.py:f", "json:dumps", "gone.py:f"])
    paths = {name: path.relative_to(tmp_path).as_posix() for name, path in found.items()}
    assert {"one": "one.py", "two": "two", "file_deep_three_py_2f2e": "deep/three.py"} == paths


def test_packages_without_init(tmp_path, monkeypatch):
    """A folder without an __init__.py travels if it holds the module that is named, and a folder of data does not."""
    for name in ("bare/part.py", "src/halves/part.py", "halves/data.csv", "psutil/data.csv", "scipy/data.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.setenv(user_code.FOLDERS, f"{tmp_path}\n{tmp_path / 'src'}")
    found = modules(["bare.part:f", "halves.part:f", "psutil.virtual_memory:f", "scipy.special:erf"])
    assert {"bare": tmp_path / "bare", "halves": tmp_path / "src/halves"} == found


def test_names_that_stand_for_something_else(tmp_path, monkeypatch):
    """What Python or primebench uses is never taken from the user's folder, and so is not sent from there either."""
    for name in ("json.py", "numpy.py"):
        (tmp_path / name).touch()
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    monkeypatch.setenv(user_code.FOLDERS, str(tmp_path))
    assert {} == modules(["json:dumps", "numpy:sum"])


def test_a_file_that_was_sent(tmp_path, monkeypatch):
    """Where a path names nothing, what was sent under the name that stands for it is taken."""
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent/file_away_x_py_2f2e.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path / "sent"))
    assert 42 == user_code.load("away/x.py").ANSWER
