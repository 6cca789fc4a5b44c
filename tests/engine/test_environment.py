"""Which variables a measuring process sees."""

from __future__ import annotations

import os

import pytest
from pyperf._utils import create_environ

from bench.engine.environment import environment, standing


@pytest.fixture
def crowded(monkeypatch):
    """An environment in which all that pyperf knows of is set, and more."""
    for name in ("TEMP", "PYTHONPATH", "PYTHON_CPU_COUNT", "PYTHON_GIL", "LANG", "LC_ALL", "LC_TIME", "LC_NUMERIC"):
        monkeypatch.setenv(name, "C")
    for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "PYTHONOPTIMIZE", "SOMETHING"):
        monkeypatch.setenv(name, "1")


@pytest.mark.usefixtures("crowded")
def test_what_pyperf_gives_its_workers_is_seen(tmp_path):
    """Each variable that pyperf hands on to a worker is seen, and none of the user's besides."""
    expected = dict(create_environ((), locale=True, copy_all=False))
    found = environment(tmp_path, in_turns=False)
    ours = {"PYTHONSAFEPATH", "TMPDIR", *(name for name in found if name.startswith(("PRIMEBENCH_", "XDG_CACHE_HOME")))}
    assert expected == {name: value for name, value in found.items() if name not in ours}
    assert found["TMPDIR"] == str(tmp_path)
    assert not {"PYTHONHASHSEED", "OMP_NUM_THREADS", "PYTHONOPTIMIZE", "SOMETHING"} & set(found)


def test_turns_are_asked_for(tmp_path):
    """Only a visit that takes turns is told where they are handed out."""
    alone, in_turns = (environment(tmp_path, in_turns=each) for each in (False, True))
    assert {"PRIMEBENCH_TURNS"} == set(in_turns) - set(alone)
    assert "PRIMEBENCH_TURNS" not in os.environ


def test_dask_is_configured_alike(monkeypatch, tmp_path):
    """What configures Dask by variables of its own does so in the measuring process too, but names no scheduler."""
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://192.0.2.1:8786")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", "ca.pem")
    found = environment(tmp_path, in_turns=False)
    assert "ca.pem" == found["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"]
    assert "DASK_SCHEDULER_ADDRESS" not in found


def test_a_folder_that_was_deleted_is_no_place_to_start_a_process(tmp_path, monkeypatch):
    """Python asks for the current folder before it spawns another: where it is gone, another one is named."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    assert standing(tmp_path) is None
    (tmp_path / "gone").rmdir()
    assert tmp_path == standing(tmp_path)
