"""Members that other packages bring, from the list to a record."""

from __future__ import annotations

import json
import sys

import click
import pytest

from bench.cli.main import primebench
from bench.cli.options import owners_of_axes
from bench.core import catalog, jobs
from tests.support.distributions import install

BACKEND = '''"""A loop, from elsewhere."""
from contextlib import contextmanager

PARALLELISM = "none"
FIXED = {"workers": 1, "pin": "no"}


@contextmanager
def open_mapper(crew):
    yield lambda task, items, chunksize: list(map(task, items))
'''
KERNEL = '''"""Trial division, from elsewhere."""


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
'''
JOB = '''"""Cubes of small numbers."""

AXES = {"edge": (5, "How many.")}


class Cubes:
    task = staticmethod(abs)

    def __init__(self, edge):
        self.items = range(edge)

    def check(self, results):
        return None if results == list(self.items) else "these are no cubes"


def make(params, workers):
    return Cubes(params["edge"])
'''
FORMAT = '''"""Only the notes."""


def render(report):
    return "notes: " + " ".join(report.notes)
'''
ONCE = ("--values=1", "--warmups=0", "--min-time=1e-4", "--workers=2")
POINTS = {
    "backends": {"loop": "px_backend", "bad-loop": "px_broken", "gone": "px_nowhere"},
    "kernels": {"division": "px_kernel"},
    "jobs": {"cubes": "px_job", "bad-job": "px_broken"},
    "formats": {"notes": "px_format"},
    "plans": {"nightly": "px_plans"},
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An environment with a package that brings something of each kind, some of it broken."""
    folder = tmp_path / "site"
    install(
        folder,
        "prime-extras",
        POINTS,
        px_backend=BACKEND,
        px_kernel=KERNEL,
        px_job=JOB,
        px_format=FORMAT,
        px_broken='"""Broken."""\nraise SystemExit(0)\n',
    )
    (folder / "px_plans").mkdir()
    (folder / "px_plans" / "nightly.toml").write_text('summary = "Each night."\n[[part]]\nbackend = "loop"\n')
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    forget()
    yield folder
    forget()


def forget():
    """Let the next command be what it is in a new process: its options come from what is installed."""
    for module in [module for module in sys.modules if module.startswith(("px_", "bench.cli.commands."))]:
        del sys.modules[module]


def listed(cli, kind):
    """Return name -> entry of a list in JSON."""
    return {entry["name"]: entry for entry in json.loads(cli("list", kind, "--format", "json").out)}


@pytest.mark.parametrize(
    ("kind", "name", "summary"),
    [
        ("backends", "loop", "A loop, from elsewhere."),
        ("kernels", "division", "Trial division, from elsewhere."),
        ("jobs", "cubes", "Cubes of small numbers."),
        ("formats", "notes", "Only the notes."),
        ("plans", "nightly", "Each night."),
    ],
)
def test_each_kind_is_listed_with_its_origin(cli, place, kind, name, summary):
    """What others bring stands beside ours, with the name of the distribution; ours come from primebench."""
    entries = listed(cli, kind)
    assert ("prime-extras", summary, None) == tuple(entries[name][key] for key in ("origin", "summary", "missing"))
    assert {"primebench", "prime-extras"} == {entry["origin"] for entry in entries.values()}
    (line,) = (line for line in cli("list", kind).out.splitlines() if line.split()[:1] == [name])
    assert "prime-extras" in line


def test_where_all_are_ours_no_origin_is_shown(cli, place):
    """A kind to which nobody adds has no column for it."""
    assert " from " not in cli("list", "workloads").out.splitlines()[0]


def test_a_broken_one_hurts_only_itself(cli, place):
    """It is listed as broken, left out of everything, and one line with exit code 1 when it is asked for."""
    entries = listed(cli, "backends")
    assert entries["bad-loop"]["missing"].startswith("broken: ") and "SystemExit" in entries["bad-loop"]["missing"]
    assert "px_nowhere" in entries["gone"]["missing"]
    done = cli("check", "--backend", "bad-loop")
    assert (1, 1) == (done.code, len(done.err.splitlines())) and "px_broken.py" in done.err
    done = cli("run", "--dry-run", "--backend", "*loop", "--format", "json")
    assert 0 == done.code and "broken" in done.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("def refuse(crew): return crew.nothing", "refuse() fails (AttributeError"),
        ("snippet = 'code'", "snippet is 'code'; it must be a function"),
        ("def refuse(crew): return 5", "refuse() returns 5; it must be a reason, or None"),
        ('FIXED = {"workers": "two"}', "FIXED has 'two' for workers"),
        ('FIXED = {"pin": True}', "FIXED has True for pin"),
        ('FIXED = {"colour": 1}', "FIXED names colour, which is no axis"),
    ],
)
def test_a_backend_that_breaks_its_contract_stops_nobody_else(cli, place, line, said):
    """It is one line with exit code 1 when it is asked for, and else a row that says so."""
    (place / "px_backend.py").write_text(f"{BACKEND}\n{line}\n")
    forget()
    done = cli("run", "--dry-run", "--backend", "l*p", "--format", "json")
    assert 0 == done.code and "broken: " in done.out, done
    done = cli("check", "--backend", "loop")
    assert 1 == done.code and said in done.out + done.err, done
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("return None", "make() gives no job (AttributeError: 'NoneType' object has no attribute 'task')"),
        ("return open('/nonexistent/x')", "make() gives no job (FileNotFoundError"),
        ("raise SystemExit(0)", "make() gives no job (SystemExit"),
    ],
)
def test_a_job_that_cannot_be_made_is_told_in_one_line(cli, place, line, said):
    """With the file of the package, and not with a traceback of ours."""
    (place / "px_job.py").write_text(JOB.replace('return Cubes(params["edge"])', line))
    forget()
    done = cli("check", "--backend", "pool", "--job", "cubes")
    assert (1, 1) == (done.code, len(done.err.splitlines())), done
    assert "px_job.py" in done.err and said in done.err


def test_a_name_taken_twice_names_both_packages(cli, place):
    """Asked for by name or glob it is an error that names both; for all others nothing changes."""
    install(place, "prime-more", {"backends": {"loop": "px_backend", "pool": "px_backend"}})
    for pattern, owners in (("loop", "prime-extras and by prime-more"), ("poo*", "primebench and by prime-more")):
        done = cli("check", "--backend", pattern)
        assert 1 == done.code and owners in done.err
    assert "prime-more" in listed(cli, "backends")["pool"]["missing"]
    assert 0 == cli("run", "--backend", "all", "--dry-run").code


def test_all_is_ours_and_everything_is_not(place):
    """``all`` stays what needs nothing else, ``everything`` holds what others bring."""

    def chosen(word):
        return catalog.select("bench.families.backends", [word], "backend", "primebench list backends")

    assert "loop" in chosen("everything") and "loky" in chosen("everything")
    assert not {"loop", "loky"} & set(chosen("all"))


@pytest.mark.parametrize(
    "words",
    [
        ("--backend", "loop"),
        ("--backend", "pool", "--kernel", "division"),
        ("--backend", "pool,loop", "--job", "cubes", "--edge", "7"),
        ("--backend", "executor", "--job", "cubes", "--phase", "open", "--start", "spawn"),
    ],
)
def test_what_others_bring_is_checked_like_ours(cli, place, words):
    """A backend, a kernel and a job go the whole way, to workers and back."""
    done = cli("check", *words, "--format", "notes")
    assert 0 == done.code, done
    assert done.out.startswith("notes: ") and " 0 failed" in done.out


def test_a_plan_of_others_is_read(cli, place):
    """Its name leads to its file."""
    assert "loop" in cli("run", "--plan", "nightly", "--dry-run").out


def test_a_record_tells_what_brought_the_member(cli, place, tmp_path):
    """The version of the package stands in the metadata of each process, and reading the record needs no package."""
    file = tmp_path / "r.json"
    done = cli("run", "--backend", "loop,loky", "--range", "10:20", "--rounds=1", *ONCE, f"-o{file}")
    assert 0 == done.code, done
    data = json.loads(file.read_text())
    told = {
        {**benchmark.get("metadata", {}), **run["metadata"]}.get("primebench_library", "")
        for benchmark in data["benchmarks"]
        for run in benchmark["runs"]
    } | {data["metadata"].get("primebench_library", "")}
    assert "prime-extras 1.5" in told and any(text.startswith("loky 3") for text in told)


@pytest.mark.parametrize("axis", ["workers", "backend", "output", "Edge", "two words"])
def test_an_axis_must_not_take_an_option(cli, place, axis):
    """A job whose axis has the name of an option, or no name for one, is broken, and the options stay as they are."""
    (place / "px_job.py").write_text(JOB.replace('"edge":', f'"{axis}":'))
    done = cli("check", "--backend", "pool", "--job", "cubes")
    assert 1 == done.code and f"the name of its axis {axis} " in done.err
    assert 0 == cli("check", "--help").code


def test_every_option_is_known_to_be_taken():
    """The list of taken names holds every parameter of each command that takes a job, but the axes of our jobs."""
    owners = [owner for owner in owners_of_axes() if owner.name != "backends"]
    shared = {axis.name for owner in owners for axis in owner.axes}  # several owners of an axis share its option
    context = click.Context(primebench)
    commands = [primebench.get_command(context, name) for name in primebench.list_commands(context)]
    names = [{parameter.name for parameter in command.params} for command in commands]
    assert set() == {name for several in names if "job" in several for name in several} - shared - jobs.TAKEN


SWALLOWS = (
    BACKEND.replace("list(map(task, items))", "[_quietly(task, item) for item in items]")
    + """

def _quietly(task, item):
    try:
        return task(item)
    except Exception:
        return False
"""
)


def test_faults_find_a_backend_that_swallows_them(cli, place):
    """A backend that answers although a task raised breaks the contract: exit code 1, and its row says so."""
    (place / "px_backend.py").write_text(SWALLOWS)
    done = cli("check", "--faults", "--backend", "loop", "--format", "json")
    rows = {row["fault"]: row for row in json.loads(done.out)["faults"]}
    assert 1 == done.code
    assert {"raises", "unreadable", "unsendable"} == {name for name, row in rows.items() if row["contract"] != "kept"}
    assert "the whole process" == rows["killed"]["others_lost"]
    assert ("timed-out", "wrong-answer") == (rows["hangs"]["outcome"], rows["lies"]["outcome"])
    ended = [line for line in done.err.splitlines() if line.startswith("[") and "so far" not in line]
    told = {line.partition("] ")[2].partition(":")[0] for line in ended}
    assert {f"loop {name}" for name in rows} == told


def test_faults_take_no_job(cli):
    """What --faults would ignore is wrong usage, with the option that is too much."""
    done = cli("check", "--faults", "--backend", "pool", "--kernel", "wheel6")
    assert 2 == done.code and "leave out --kernel" in done.err


def test_faults_of_a_missing_backend_are_missed_behind_a_blank_too(cli, place):
    """A member that is named and missing here ends with 1, however the list is written."""
    (place / "px_backend.py").write_text(BACKEND + "\n\ndef missing():\n    return 'not today'\n")
    for names in ("serial,loop", "serial, loop"):
        assert 1 == cli("check", "--faults", "--backend", names).code


def test_faults_of_a_broken_backend_are_one_line(cli, place):
    """It cannot be loaded, so nothing is tried."""
    done = cli("check", "--faults", "--backend", "bad-loop")
    assert (1, 1) == (done.code, len(done.err.splitlines()))
