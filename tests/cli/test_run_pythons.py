"""primebench run --python: several Pythons in one record."""

from __future__ import annotations

import csv
import json
import multiprocessing
import platform
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.python import Python
from bench.core.side import Side
from bench.engine import pythons
from bench.store.identity import GIL, GIL_MODULE

SEVEN = ("run", "--workers", "2", "--rounds", "7", "-o", "r.json")

# What pyenv's program for a version says that is not chosen, and a Python whose library is not where it was.
PYENV = """cat >&2 <<'END'; exit 127
pyenv: python3.12: command not found

The `python3.12' command exists in these Python versions:
  3.12.1

Note: See 'pyenv help global' for tips on allowing multiple
      Python versions to be found at the same time.
END"""
FATAL = """cat >&2 <<'END'; exit 1
Could not find platform independent libraries <prefix>
Fatal Python error: init_fs_encoding: failed to get the Python codec
Python runtime state: core initialized
END"""


@pytest.fixture
def python(tmp_path):
    """Return what makes a program that is the running Python under another name."""

    def make(name, line=f'exec {sys.executable} "$@"'):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def known(monkeypatch):
    """Let the Pythons 3.11 and 3.14t be known without being asked."""
    usual = Python("CPython", "", "GCC 12", False, True, True, "generational", "fork")
    free = replace(usual, free_threaded=True, gil_before=False, collector="free-threaded", start="forkserver")
    facts = {"3.11": replace(usual, version="3.11.7"), "3.14t": replace(free, version="3.14.2")}
    monkeypatch.setattr(pythons, "_asked", lambda label, *_: (Side(label, label, facts=facts[label]), {}, {}))


@pytest.fixture
def measured(cli, launch, known):
    """Measure with two Pythons: the second needs twice the time for the serial loop and half of it in a pool."""
    times = {"serial": (0.2, 0.4), "ceiling": (0.1, 0.2), "pool": (0.2, 0.1)}
    launch.seconds = lambda visit: times[visit.case.member][visit.side.label == "3.14t"]
    begin = "run --backend pool --workers 2 --rounds 7 --python 3.11,3.14t -o r.json"
    done = cli(*begin.split())
    assert 0 == done.code
    return done


def test_every_case_is_compared_with_what_its_own_python_took(measured, cli):
    """0.2 s serial and 0.2 s pool are 1.00; 0.4 s and 0.1 s by the other Python are 4.00."""
    shown = json.loads(cli("show", "r.json", "--format", "json").out)
    found = {one["params"]["side"]: one["speedup"] for one in shown["cases"] if one["member"] == "pool"}
    assert [1.0, 4.0] == [round(value, 6) for value in found.values()]


def test_each_curve_says_which_python_it_is_of(measured, cli):
    """Speed-ups of 1.00 and 4.00 with two workers, for programs that read JSON or a table."""
    curves = json.loads(cli("scale", "r.json", "--format", "json").out)["curves"]
    found = {curve["params"]["side"]: curve["points"][-1]["speed_up"] for curve in curves}
    assert {"3.11.7": pytest.approx(1.0), "3.14.2t": pytest.approx(4.0)} == found
    lines = list(csv.DictReader(cli("scale", "r.json", "--format", "csv").out.splitlines()))
    told = {line["side"]: float(line["speed_up"]) for line in lines if line["workers"] == "2"}
    assert found == told


def test_the_heading_tells_of_each_python(measured, cli):
    """Version, build, lock, garbage collector and start method stand in a line for each; the machine names none."""
    machine, first, second, *_ = cli("show", "r.json").out.splitlines()
    assert "Python" not in machine
    assert "3.11.7: CPython 3.11.7 (GCC 12), GIL on, generational collector, starts processes by fork" == first
    assert (
        "3.14.2t: CPython 3.14.2 free-threaded (GCC 12), GIL off, and on again after imports, free-threaded collector, "
        "starts processes by forkserver"
    ) == second


def test_a_record_is_compared_by_python(measured, cli):
    """Serial takes 2.000 and the pool 0.500 times as long, and the serial loop counts as well."""
    done = cli("compare", "r.json", "--by", "python", "--format", "json")
    ratios = {one["id"].partition(" ")[0]: one["ratio"] for one in json.loads(done.out)["cases"]}
    assert 0 == done.code
    assert {"backends/serial": 2.0, "backends/ceiling": 2.0, "backends/pool": 0.5} == pytest.approx(ratios)


@pytest.mark.parametrize("named", [(True, True), (True, False), (False, True)], ids=["both", "first", "second"])
def test_records_of_one_python_each_are_compared(cli, launch, known, named):
    """0.1 s by the first and 0.2 s by the second is 2.000 with a serial loop beside it, however each was begun."""
    for file, python, seconds, asked in zip("ab", ("3.11", "3.14t"), (0.1, 0.2), named, strict=True):
        launch.seconds = seconds
        words = ["--python", python] if asked else []
        begin = ["run", "--backend", "pool", "--workers", "2", "--rounds", "7", *words, "-o", f"{file}.json"]
        assert 0 == cli(*begin).code
    if not all(named):  # a record without --python tells its own Python, which is the running one
        unnamed = Path(f"{'ab'[named.index(False)]}.json")
        unnamed.write_text(unnamed.read_text().replace(platform.python_version(), "3.12.99"))
    found = json.loads(cli("compare", "a.json", "b.json", "--by", "python", "--format", "json").out)
    assert ([2.0] * 3, []) == (pytest.approx([one["ratio"] for one in found["cases"]]), found["missing"])


def test_environments_with_the_same_python_are_compared(cli, launch, monkeypatch):
    """Two environments of 3.11.7, the second of which needs twice the time for everything."""
    same = Python("CPython", "3.11.7", "GCC 12", False, True, True, "generational", "fork")
    monkeypatch.setattr(pythons, "_asked", lambda label, *_: (Side(label, label, facts=same), {}, {}))
    launch.seconds = lambda visit: (
        {"serial": 0.2, "ceiling": 0.1, "pool": 0.1}[visit.case.member] * (1 + (visit.side.label == "new"))
    )
    assert (
        0
        == cli(
            *["run", "--backend", "pool", "--workers", "2", "--rounds", "7", "--python", "old,new", "-o", "r.json"]
        ).code
    )
    found = json.loads(cli("compare", "r.json", "--by", "python", "--format", "json").out)["cases"]
    assert [2.0, 2.0, 2.0] == pytest.approx([one["ratio"] for one in found])


def test_comparing_says_who_switched_the_lock_on(cli, launch, known):
    """Threads of 3.14t had the lock on again, which the comparison with 3.11 would hide."""
    launch.seconds = 0.1
    launch.metadata = lambda visit: {GIL: 1, GIL_MODULE: "gmpy2.gmpy2"} if visit.side.label == "3.14t" else {}
    assert (
        0
        == cli(
            *[
                "run",
                "--backend",
                "thread-pool",
                "--workers",
                "2",
                "--rounds",
                "7",
                "--python",
                "3.11,3.14t",
                "-o",
                "r.json",
            ]
        ).code
    )
    said = cli("compare", "r.json", "--by", "python").err
    assert "gmpy2.gmpy2 switched the interpreter lock on again in CPython 3.14.2 free-threaded" in said


def test_other_views_name_the_side(measured, cli):
    """Curves are of one Python each, and a ranking by member never mixes two."""
    assert ["pool 3.11" in line for line in cli("scale", "r.json").out.splitlines()].count(True) >= 1
    ranked = json.loads(cli("compare", "r.json", "--by", "member", "--base", "serial", "--format", "json").out)
    assert [1.0, 0.25] == pytest.approx([one["ratio"] for one in ranked["cases"]])


def test_resume(cli, launch, known):
    """What an interrupt has left out is measured by the Pythons that began."""
    launch.interrupt_after = 3
    begin = "run --backend serial --rounds 4 --python 3.11 --python 3.14t -o r.json"
    assert 130 == cli(*begin.split()).code
    launch.interrupt_after = None
    assert 0 == cli("run", "--resume", "r.json").code
    visits = Counter((visit.side.label, visit.case.id) for visit in launch.visits)
    assert {"3.11", "3.14t"} == {label for label, _ in visits}
    assert {4} == set(visits.values())


def test_resume_needs_the_python_that_began(cli, launch, python):
    """Where a program is gone, --resume says so, and takes --python for where it is now."""
    one = python("one")
    launch.metadata = lambda visit: {"python_executable": visit.side.python}
    launch.interrupt_after = 1
    cli("run", "--backend", "serial", "--rounds", "4", "--python", str(one), "-o", "r.json")
    launch.interrupt_after = None
    one.unlink()
    refused = cli("run", "--resume", "r.json")
    assert 2 == refused.code and "--resume with --python" in refused.err
    assert 0 == cli("run", "--resume", "r.json", "--python", str(python("moved"))).code


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("echo 3 10", "is Python 3.10, and primebench needs 3.11 or newer"),
        ("echo no; exit 3", "is no Python that can run (exit code 3)"),
        (PYENV, "is no Python that can run (pyenv: python3.12: command not found)"),
        (FATAL, "is no Python that can run (Fatal Python error: init_fs_encoding: failed to get the Python codec)"),
        (f'exec {sys.executable} -S "$@"', "cannot run primebench (ModuleNotFoundError: No module named"),
    ],
)
def test_what_is_no_python_for_primebench_is_said_in_a_line(cli, launch, python, line, said):
    """Too old, no Python at all, or one without the libraries: exit code 2, and nothing is measured."""
    done = cli("run", "--backend", "serial", "--python", str(python("odd", line)), "-o", "r.json")
    assert 2 == done.code
    assert said in done.err and 1 == len(done.err.splitlines())
    assert [] == launch.visits


GIL_0 = """if [ "$PYTHON_GIL" = 0 ]; then echo 'Fatal Python error: config_read_gil' >&2; exit 1; fi"""


def test_a_python_that_has_to_have_its_lock_is_measured_under_python_gil_0(cli, launch, python, monkeypatch):
    """What CPython does with it since 3.13: neither asking it nor measuring with it hands the variable on."""
    monkeypatch.setenv("PYTHON_GIL", "0")
    picky = python("picky", f'{GIL_0}\nexec {sys.executable} "$@"')
    done = cli("run", "--backend", "serial", "--python", str(picky), "-o", "r.json")
    assert (0, {str(picky)}) == (done.code, {visit.side.python for visit in launch.visits}), done.err


def test_a_python_is_named_once(cli, launch, python):
    """Two names of one program would be two sides that cannot differ."""
    one = python("one")
    done = cli("run", "--backend", "serial", "--python", f"{one},{one}", "-o", "r.json")
    assert 2 == done.code and "name each Python once" in done.err


def test_no_such_program(cli, launch):
    """Neither on the path nor an environment."""
    done = cli("run", "--backend", "serial", "--python", "python9.9", "-o", "r.json")
    assert 2 == done.code and "--python python9.9 is no Python" in done.err


def test_an_environment_stands_for_its_python(cli, launch, tmp_path):
    """A folder with pyvenv.cfg is an environment, and the program in its bin is what measures."""
    (tmp_path / "env/bin").mkdir(parents=True)
    (tmp_path / "env/pyvenv.cfg").write_text("home = /nowhere")
    program = tmp_path / "env/bin/python"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    assert 0 == cli("run", "--backend", "serial", "--python", str(tmp_path / "env"), "-o", "r.json").code
    assert {str(program)} == {visit.side.python for visit in launch.visits}


def test_what_one_python_lacks_the_others_measure(cli, launch, python, tmp_path):
    """A member that one side cannot run is measured by the other one, and its reason stands in the table."""
    lacking = python("lacking", f'PYTHONPATH={tmp_path}/hidden exec {sys.executable} "$@"')
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/sitecustomize.py").write_text("import sys; sys.modules['gmpy2'] = None")
    done = cli(
        *("run", "--backend", "serial", "--kernel", "gmpy2", "--python", f"{python('whole')},{lacking}", "-o", "r.json")
    )
    assert {str(tmp_path / "whole")} == {visit.side.label for visit in launch.visits}
    assert "-2: gmpy2 is not installed" in done.out


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        ("--backend pool", True),
        ("--backend pool --start fork", False),
        ("--backend thread-pool", False),
        ("--plan pythons", False),
    ],
)
def test_unlike_defaults_of_the_start_method_are_told(cli, launch, known, words, warned):
    """3.11 would fork and 3.14t have a fork server: where no method is named, one is measured with both Pythons."""
    launch.seconds = 0.1
    said = cli("run", *words.split(), "--dry-run", "--python", "3.11,3.14t").err
    default = multiprocessing.get_all_start_methods()[0]
    told = f"3.11.7 fork, 3.14.2t forkserver) and are all measured with {default}; --start fork,forkserver compares"
    assert warned == (told in " ".join(said.split())), said


def test_what_the_python_that_starts_lacks_the_sides_measure(cli, launch, python, monkeypatch):
    """A kernel that is not where the command is started: each side is asked, and its plain loop joins as well."""
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    words = ("run", "--backend", "thread-pool", "--workers", "2", "--kernel", "gmpy2", "--rounds", "2")
    done = cli(*words, "--python", str(python("whole")), "-o", "r.json", "--format", "json")
    assert (0, {"serial", "ceiling", "thread-pool"}) == (done.code, {visit.case.member for visit in launch.visits})
    found = {one["member"]: one["speedup"] for one in json.loads(done.out)["cases"]}
    assert found["thread-pool"], "which needs the loop of the same plan"
    assert "not installed" not in done.out


def test_what_no_side_has_each_gives_its_own_reason_for(cli, launch, python, tmp_path, monkeypatch):
    """Neither the start nor the side has gmpy2: the reason is the side's, and stands once for what was asked for."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/sitecustomize.py").write_text("import sys; sys.modules['gmpy2'] = None")
    lacking = python("lacking", f'PYTHONPATH={tmp_path}/hidden exec {sys.executable} "$@"')
    monkeypatch.setitem(sys.modules, "gmpy2", None)
    done = cli("run", "--backend", "pool", "--kernel", "gmpy2", "--python", str(lacking), "--dry-run")
    assert (1, [], 1) == (done.code, launch.visits, done.out.count(": gmpy2 is not installed")), done.out


def test_dry_run_counts_each_python(cli, launch, known):
    """Twice the Pythons take twice the time."""
    command = "run --backend serial --dry-run --format json --python 3.11"
    one, both = (json.loads(cli(*words.split()).out)["expected_s"] for words in (command, f"{command},3.14t"))
    assert 2 == both / one
