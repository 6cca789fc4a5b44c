"""The table of figures and goals: what could not run has no figure, what was measured is saved, parts are explained."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from argparse import Namespace
from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path

import pytest

from bench.core.reference import Role
from bench.store import record_file
from primes import workload
from tests.performance.advise.jobs import everything
from tests.support import documents
from tests.support.documents import ROOT

FOLDER = ROOT / "tests" / "performance"
MODULES = [path.stem for path in FOLDER.glob("[a-z]*.py")]
ASKED = Namespace(quick=False, rounds=1)


@pytest.fixture
def module(monkeypatch):
    """Return a function that imports one of the folder's modules, as the program does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    before = {name: sys.modules.pop(name) for name in MODULES if name in sys.modules}
    yield importlib.import_module
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.modules.update(before)


@pytest.fixture
def ends(monkeypatch):
    """Return a function that lets every command end with an exit code, and with a record if it is to leave one."""

    def end(code, record):
        def run(command, **_options):
            if record:
                Path(command[command.index("--output") + 1]).write_text("{}")
            return subprocess.CompletedProcess(command, code)

        monkeypatch.setattr(subprocess, "run", run)

    return end


@pytest.mark.parametrize(("code", "record"), [(2, False), (1, False), (0, False), (-9, True)])
def test_a_plan_that_dies_is_no_figure(module, ends, code, record):
    """A command that is refused or killed, or leaves nothing, has taken a short time, and that is no goal reached."""
    ends(code, record)
    (row,) = module("waits").plan(ASKED)
    assert (None, None, False) == (row.figure, row.reached, row.ran)
    assert f"could not run: exit code {code} after" in row.note


def test_a_plan_with_a_failed_case_is_a_figure(module, ends):
    """All other cases were measured: the time counts, and the note tells the exit code."""
    ends(1, record=True)
    (row,) = module("waits").plan(ASKED)
    assert row.ran and row.figure is not None
    assert "exit code 1: a case failed" == row.note


@pytest.mark.parametrize("code", [1, 2, 5])
def test_a_gate_that_cannot_judge_could_not_run(module, ends, code):
    """Failed, refused and not comparable are no verdicts, and so no missed figures."""
    ends(code, record=True)
    rows = module("waits").gate(ASKED)
    assert {(None, False)} == {(row.figure, row.ran) for row in rows}


def test_a_gate_that_is_wrong_is_a_missed_figure(module, ends):
    """Inconclusive is a verdict: it has no figure, for it is right about neither side, and it did run."""
    ends(4, record=True)
    rows = module("waits").gate(ASKED)
    assert {(None, True)} == {(row.figure, row.ran) for row in rows}
    assert "exit code 4" in rows[0].note


@pytest.mark.parametrize(
    ("role", "kept", "left_out"), [(Role.LIMIT, "ceiling", "serial"), (Role.BASELINE, "serial", "ceiling")]
)
def test_the_values_of_what_a_figure_is_measured_against_are_saved(module, role, kept, left_out):
    """Half of the ceiling needs the ceiling's values, half of the serial loop those of the serial loop."""
    record = record_file.load(ROOT / "results" / "metg-2cpu.json")
    saved = {record.results[key].case.member for key in module("plans").beside(record, role)}
    assert {kept, "shared-memory", "pool"} <= saved
    assert left_out not in saved


def test_a_share_that_primebench_doubts_reaches_no_goal(module, monkeypatch):
    """A row whose case or ceiling is in doubt says why, and neither yes nor no; the goal of the others is judged."""
    plans = module("plans")
    file = ROOT / "results" / "shared-memory-2cpu.json"

    def report(*_words):
        found = json.loads(documents.run("show", str(file), "--format", "json")[1])
        for case in found["cases"]:
            if case["member"] == "ceiling" and case["params"]["kernel"] == "numpy-sieve":
                case["doubts"] = ["the ceiling was disturbed"]
        return found

    monkeypatch.setattr(plans, "_record", lambda *_, **__: nullcontext(file))
    monkeypatch.setattr(plans, "_report", report)
    told = {row.what.split()[2].rstrip(","): row for row in plans.shared_memory(ASKED) if "workers" in row.what}
    doubted, judged = told["numpy-sieve"], told["trial-division"]
    assert (None, "in doubt", "the ceiling was disturbed") == (doubted.reached, doubted.cells()[3], doubted.note)
    assert judged.reached is not None


def test_the_table_ends_with_where_to_read_on(module, capsys):
    """Below the table stands the page that says what stands in the way of missed goals."""
    program = _program(module)
    program._show({"machine": defaultdict(dict), "reference": None}, [], [])
    assert "tests/performance/notes.md" in capsys.readouterr().out.splitlines()[-1]


def test_what_needs_many_cpus_is_a_row_everywhere(module, monkeypatch):
    """With two usable CPUs the row has its goal and no figure, says why, and is no failure."""
    monkeypatch.setattr(module("many"), "usable_workers", lambda: 2)
    (row,) = module("waits").sweep(ASKED)
    assert (180.0, None, True) == (row.goal, row.figure, row.ran)
    assert "not measurable here: 2 usable CPUs" == row.note


def _program(module):
    spec = importlib.util.spec_from_file_location("table_of_figures", FOLDER / "__main__.py")
    program = importlib.util.module_from_spec(spec)
    module("row")
    spec.loader.exec_module(program)
    return program


def test_every_part_stands_in_the_page_and_in_the_notes(module):
    """Each part that the program measures has a line in the page's table, and a section in the notes that names it."""
    program = _program(module)
    page, notes = ((FOLDER / name).read_text(encoding="utf-8") for name in ("README.md", "notes.md"))
    headings = [line for line in notes.splitlines() if line.startswith("## ")]
    assert [] == [part for part in program.PARTS if f"| `{part}` |" not in page]
    assert [] == [part for part in program.PARTS if not any(f"`{part}`" in heading for heading in headings)]


def test_advice_is_measured_on_jobs_that_it_does_not_refuse():
    """Work that grows with the workers has no plain loop to compare with, and of no items there is nothing to say."""
    searched = [workload.load(job.options["workload"], 2) for job in everything() if job.kind == "primes"]
    assert all(len(one) and not one.grows for one in searched), [one.name for one in searched]


def test_number_of_jobs_that_advice_is_measured_on_is_told():
    """The page that says how long that takes says of how many jobs."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"how far advice is from the best of a sweep, {len(everything())} jobs;" in page
