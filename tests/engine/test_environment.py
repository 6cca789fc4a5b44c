"""Which variables a measuring process sees."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from pyperf._utils import create_environ

from bench.core.errors import UsageError
from bench.core.side import here
from bench.engine.environment import check_names, environment, handed_on, standing, told, with_remedy


@pytest.fixture
def crowded(monkeypatch):
    """An environment in which all that pyperf knows of is set, and more."""
    for name in ("TEMP", "PYTHONPATH", "PYTHON_CPU_COUNT", "PYTHON_GIL", "LANG", "LC_ALL", "LC_TIME", "LC_NUMERIC"):
        monkeypatch.setenv(name, "C")
    for name in ("PYTHONHASHSEED", "OMPTHING", "PYTHONOPTIMIZE", "SOMETHING"):
        monkeypatch.setenv(name, "1")


@pytest.mark.usefixtures("crowded")
def test_what_pyperf_gives_its_workers_is_seen(tmp_path):
    """Each variable that pyperf hands on to a worker is seen, and none of the user's besides."""
    expected = dict(create_environ((), locale=True, copy_all=False))
    found = environment(tmp_path, replace(here(), free_threaded=True))
    ours = {
        "PYTHONSAFEPATH",
        "TMPDIR",
        "TZ",
        *(name for name in found if name.startswith(("PRIMEBENCH_", "XDG_CACHE_HOME"))),
    }
    assert expected == {name: value for name, value in found.items() if name not in ours}
    assert found["TMPDIR"] == str(tmp_path)
    assert not {"PYTHONHASHSEED", "OMPTHING", "PYTHONOPTIMIZE", "SOMETHING"} & set(found)


@pytest.mark.parametrize("inherits", [(), ("PYTHON_GIL",)], ids=["by itself", "inherited"])
def test_a_python_that_has_to_have_its_lock_is_not_told_to_do_without(inherits, monkeypatch, tmp_path):
    """PYTHON_GIL=0 ends it before it has begun, so that only builds without the lock are told."""
    monkeypatch.setenv("PYTHON_GIL", "0")
    with_lock = replace(here(), free_threaded=False, inherits=inherits)
    without = replace(with_lock, free_threaded=True)
    assert (None, "0") == tuple(environment(tmp_path, side).get("PYTHON_GIL") for side in (with_lock, without))


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_DYNAMIC", "LD_LIBRARY_PATH", "TZ"])
def test_what_libraries_need_is_seen(name, monkeypatch, tmp_path):
    """How many threads they start, where other libraries lie, and what time it is, are as the user has them."""
    monkeypatch.setenv(name, "1")
    assert "1" == environment(tmp_path, here())[name]


def test_what_a_side_inherits_is_seen(monkeypatch, tmp_path):
    """Variables of the user's that were named; none of them takes the place of one of ours."""
    for name in ("MODEL_DIR", "TMPDIR", "OTHER"):
        monkeypatch.setenv(name, "/x")
    found = environment(tmp_path, replace(here(), inherits=("MODEL_DIR", "TMPDIR")))
    assert ("/x", str(tmp_path), None) == (found["MODEL_DIR"], found["TMPDIR"], found.get("OTHER"))


def test_a_variable_that_is_not_set_cannot_be_inherited(monkeypatch):
    """It is named, and no name counts twice."""
    monkeypatch.setenv("MODEL_DIR", "/x")
    assert ("MODEL_DIR",) == check_names(["MODEL_DIR", "MODEL_DIR"])
    with pytest.raises(UsageError, match="--inherit-environ MODEL_DRI: there is no such variable"):
        check_names(["MODEL_DIR", "MODEL_DRI"])


@pytest.mark.parametrize(
    ("message", "given", "told"),
    [
        ("item 0 (1): KeyError: 'MODEL_DIR'.", (), " --inherit-environ MODEL_DIR hands on yours."),
        ("item 0 (1): KeyError: 'MODEL_DIR'.", ("MODEL_DIR",), ""),
        ("item 0 (1): KeyError: 'MODEL_DIRS'.", (), ""),
    ],
)
def test_a_variable_that_was_not_given_is_pointed_out(monkeypatch, message, given, told):
    """A message that names one which is set here says how processes get it; of others there is nothing to say."""
    monkeypatch.setenv("MODEL_DIR", "/x")
    found = with_remedy(message, dict.fromkeys(given, "/x"))
    assert message.rstrip(".") + (f". What is measured sees few variables;{told}" if told else ".") == found


def test_turns_are_asked_for(tmp_path):
    """Only a visit that takes turns is told where they are handed out."""
    alone, in_turns = (environment(tmp_path, here(), in_turns=each) for each in (False, True))
    assert {"PRIMEBENCH_TURNS"} == set(in_turns) - set(alone)
    assert "PRIMEBENCH_TURNS" not in os.environ


def test_dask_is_configured_alike(monkeypatch, tmp_path):
    """What configures Dask by variables of its own does so in the measuring process too, but names no scheduler."""
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://192.0.2.1:8786")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CA_FILE", "ca.pem")
    found = environment(tmp_path, here())
    assert "ca.pem" == found["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"]
    assert "DASK_SCHEDULER_ADDRESS" not in found


def test_a_folder_that_was_deleted_is_no_place_to_start_a_process(tmp_path, monkeypatch):
    """Python asks for the current folder before it spawns another: where it is gone, another one is named."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    assert standing(tmp_path) is None
    (tmp_path / "gone").rmdir()
    assert tmp_path == standing(tmp_path)


def test_value_that_looks_like_a_list_names_no_variable() -> None:
    """OpenMP's places hold commas and braces."""
    assert ("MINE",) == handed_on("OMP_PLACES={0,1}, {2,3}, MINE")


def test_variables_that_were_handed_on_are_found_in_what_a_record_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of threads, which every process gets, are none of them."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert ("MODEL", "TOKEN") == handed_on(told(replace(here(), inherits=("TOKEN", "MODEL"))))
    assert () == handed_on(told(here()))
