"""Entry points, read from the files of installed distributions."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

from bench.core import entry_points
from tests.support.distributions import install


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of the path that holds one distribution."""
    install(tmp_path, "Prime-Things", {"backends": {"ray": "things.ray", "other-one": "things:attribute [extra]"}})
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_what_is_read_is_what_importlib_reads(place):
    """Names, modules and distributions are those of importlib.metadata."""
    expected = importlib.metadata.entry_points(group="primebench.backends")
    points = entry_points.of("primebench.backends")
    found = {(point.name, point.module, point.distribution, point.version) for point in points}
    assert {(point.name, point.module, point.dist.name, point.dist.version) for point in expected} == found
    assert {("ray", "things.ray"), ("other-one", "things")} <= {names[:2] for names in found}
    assert () == entry_points.of("primebench.kernels")


def test_nothing_stale_is_told(place):
    """What is installed or removed while a program runs is seen at once."""
    install(place, "later", {"backends": {"late": "late"}})
    assert "late" in {point.name for point in entry_points.of("primebench.backends")}
    (place / "later-1.5.dist-info").rename(place / "gone")
    assert "late" not in {point.name for point in entry_points.of("primebench.backends")}


def test_the_first_distribution_of_a_name_counts(place, tmp_path_factory, monkeypatch):
    """Of two copies the one that is imported tells what it offers, whatever letters its folder is written in."""
    first = tmp_path_factory.mktemp("first")
    install(first, "prime_things", {"backends": {"newer": "things.newer"}})
    monkeypatch.syspath_prepend(first)
    assert ["newer"] == [point.name for point in entry_points.of("primebench.backends")]


def test_versions_are_those_of_importlib():
    """The version of a distribution is found by its name, however it is written; one that is not there has none."""
    assert importlib.metadata.version("numpy") == entry_points.version("NumPy")
    assert importlib.metadata.version("pytest-xdist") == entry_points.version("pytest_xdist")
    assert entry_points.version("no-such-thing") is None


def test_reading_imports_nothing(place):
    """Neither importlib.metadata nor a plug-in is imported, and folders that are not there are no error."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1], 'nowhere']; from bench.core import entry_points;"
        "assert entry_points.of('primebench.backends');"
        "print([name for name in sys.modules if name.startswith(('importlib.meta', 'things'))])"
    )
    told = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, text=True, check=True)
    assert "[]" == told.stdout.strip()
