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
    assert {"one": "one.py", "two": "two", "file_deep_three_py": "deep/three.py"} == paths


def test_a_file_that_was_sent(tmp_path, monkeypatch):
    """Where a path names nothing, what was sent under the name that stands for it is taken."""
    monkeypatch.setenv(user_code.FOLDER, str(tmp_path))
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent/file_away_x_py.py").write_text("ANSWER = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path / "sent"))
    assert 42 == user_code.load("away/x.py").ANSWER
