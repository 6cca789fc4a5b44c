"""primebench run, from words to table, with exact times."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.engine import preparation


def test_table_shows_exact_ratios(cli, launch):
    """0.2 s serial, 0.125 s pool and 0.1 s ceiling read as speed-up 1.60, efficiency 80 % and 80 % of the ceiling."""
    done = cli("run", "--backend", "pool", "--workers", "2", "-o", "r.json")
    row = next(line for line in done.out.splitlines() if line.startswith("pool  "))
    assert [*row.split()] == ["pool", "2", "125", "ms", "0", "%", "1.60", "80", "%", "80", "%"]
    assert (
        "pool with 2 workers is 1.60 times as fast as the serial loop, 80 % of what this machine can give." in done.out
    )
    assert done.code == 0


def test_serial_and_ceiling_join_every_plan(cli, launch):
    """A speed-up always has the serial loop and the ceiling measured beside it."""
    cli("run", "--backend", "pool", "-o", "r.json")
    assert {"serial", "ceiling", "pool"} == {visit.case.member for visit in launch.visits}


def test_every_round_visits_every_case(cli, launch):
    """Three rounds of three cases are nine visits, and each round holds each member once."""
    cli("run", "--backend", "pool", "--workers", "2", "--rounds", "3", "-o", "r.json")
    members = [visit.case.member for visit in launch.visits]
    assert 9 == len(members)
    assert all({"serial", "ceiling", "pool"} == set(members[start : start + 3]) for start in (0, 3, 6))


def test_json_on_stdout_alone(cli, launch):
    """With --format json stdout is one JSON document with the keys that scripts rely on."""
    done = cli("run", "--backend", "pool", "--workers", "2", "-o", "r.json", "--format", "json")
    cases = json.loads(done.out)["cases"]
    assert {
        "id",
        "family",
        "member",
        "params",
        "status",
        "min_s",
        "median_s",
        "speedup",
        "efficiency",
        "of_ceiling",
        "reason",
    } <= set(cases[0])
    assert ["serial", "ceiling", "pool"] == [case["member"] for case in cases]


def test_csv_has_a_row_per_value(cli, launch):
    """Tidy CSV holds rounds x values rows for each of the three cases."""
    words = ["run", "--backend", "pool", "--workers", "2", "--rounds", "2", "--values", "3"]
    done = cli(*words, "-o", "r.json", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert 3 * 2 * 3 == len(rows)
    assert {"0.2", "0.125", "0.1"} == {row["seconds"] for row in rows}


def reason_of(status, text):
    """Return the line below a table that belongs to the rows with this status, which share it."""
    (number,) = set(re.findall(rf"{status} \[(\d+)\]", text))
    return re.search(rf"^\[{number}\] (.*)$", text, re.MULTILINE)[1]


def test_failure_is_a_row_and_the_exit_code(cli, launch):
    """One crashed case is shown with its reason, costs the others nothing, and makes the exit code 1."""
    launch.failures["executor"] = ("crashed", "BrokenProcessPool: a child died")
    done = cli("run", "--backend", "pool,executor", "-o", "r.json")
    assert 1 == done.code
    assert "BrokenProcessPool: a child died" == reason_of("crashed", done.out)
    assert "1.60" in done.out


@pytest.mark.parametrize(("words", "observed"), [((), 3), (("--observe", "yes"), 3), (("--observe", "no"), 0)])
def test_the_last_visit_of_each_case_is_observed_unless_told_otherwise(cli, launch, words, observed):
    """Three cases in two rounds are observed in the second one, or never."""
    cli("run", "--backend", "pool", "--workers", "2", "--rounds", "2", "-o", "r.json", *words)
    assert observed == sum(visit.observe for visit in launch.visits)
    assert not any(visit.observe for visit in launch.visits[:3])


def test_a_plan_may_leave_observing_out_and_the_option_is_stronger(cli, launch):
    """``observe = "no"`` in the file, and ``--observe yes`` above it."""
    Path("p.toml").write_text('observe = "no"\n[[part]]\nbackend = "pool"\nworkers = 2\n')
    cli("run", "--plan", "p.toml", "--rounds", "1", "-o", "r.json")
    assert [False] * 3 == [visit.observe for visit in launch.visits]
    cli("run", "--plan", "p.toml", "--rounds", "1", "--observe", "yes", "-o", "s.json")
    assert [True] * 3 == [visit.observe for visit in launch.visits[3:]]


def test_a_resumed_run_observes_what_the_first_one_would_have(cli, launch):
    """Interrupted in the second of two rounds; each case is observed once in the end."""
    launch.interrupt_after = 4
    cli("run", "--backend", "pool", "--workers", "2", "--rounds", "2", "-o", "r.json")
    launch.interrupt_after = None
    cli("run", "--resume", "r.json")
    assert {"serial": 1, "ceiling": 1, "pool": 1} == Counter(
        visit.case.member for visit in launch.visits if visit.observe
    )


def test_failed_case_is_not_visited_again(cli, launch):
    """After its first failure a case costs no further round."""
    launch.failures["pool"] = ("timed-out", "no answer within 1 s")
    cli("run", "--backend", "pool", "--workers", "2", "--rounds", "4", "-o", "r.json")
    assert 1 == [visit.case.member for visit in launch.visits].count("pool")


def test_nothing_measured_is_an_error(cli, launch):
    """When every case fails, the exit code is 1 and the program says that nothing was measured."""
    launch.failures = dict.fromkeys(("pool", "serial", "ceiling"), ("crashed", "no"))
    done = cli("run", "--backend", "pool", "-o", "r.json")
    assert 1 == done.code
    assert "no case led to a time" in done.err


def test_skipped_combination_is_shown_and_forgiven(cli, launch):
    """A sieve has no single-number form: the case is skipped with that reason, and the exit code stays 0."""
    done = cli("run", "--backend", "pool", "--kernel", "sieve,wheel6", "--task", "number", "-o", "r.json")
    assert 0 == done.code
    assert "the kernel sieve has no single-number form; use --task chunk." == reason_of("skipped", done.out)


def test_interrupt_keeps_what_was_measured_and_resume_completes_it(cli, launch):
    """Ctrl-C after four visits leaves four on disk with exit code 130; --resume makes exactly the missing five."""
    launch.interrupt_after = 4
    done = cli("run", "--backend", "pool", "--workers", "2", "--rounds", "3", "-o", "r.json")
    assert 130 == done.code
    assert "primebench run --resume r.json" in done.err
    launch.interrupt_after = None
    resumed = cli("run", "--resume", "r.json", "--format", "csv")
    assert 0 == resumed.code
    assert 9 == len(launch.visits)
    assert {"serial": 3, "ceiling": 3, "pool": 3} == Counter(visit.case.member for visit in launch.visits)


def test_an_interrupt_names_no_record_that_is_not_there(cli, launch, monkeypatch):
    """Ctrl-C while the job is prepared: there is nothing to go on with yet, unless the run went on with a record."""
    words = ["run", "--backend", "pool", "-o", "r.json"]
    with monkeypatch.context() as patched:
        patched.setattr(preparation, "prepared_by", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        done = cli(*words)
        assert (130, []) == (done.code, os.listdir())
        assert "--resume" not in done.err
    launch.interrupt_after = 1
    cli(*words)
    with monkeypatch.context() as patched:
        patched.setattr(preparation, "prepared_by", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert "primebench run --resume r.json" in cli("run", "--resume", "r.json").err


def test_the_command_to_go_on_with_can_be_pasted(cli, launch):
    """A path with a blank stands in quotes."""
    launch.interrupt_after = 1
    done = cli("run", "--backend", "pool", "-o", "my record.json")
    assert "primebench run --resume 'my record.json'" in done.err


@pytest.mark.parametrize("key", ["hostname", "platform", "python_version", "python_executable"])
@pytest.mark.parametrize("after", [1, 4], ids=["another case", "the same case"])
def test_resume_elsewhere_is_refused_at_the_first_visit(cli, launch, key, after):
    """On another host or kernel, or with another Python: exit code 5, and the record can still be completed there."""
    launch.metadata, launch.interrupt_after = {key: "here"}, after
    cli("run", "--backend", "pool", "--workers", "2", "--rounds", "2", "-o", "r.json")
    before = Path("r.json").read_text()
    launch.metadata, launch.interrupt_after = {key: "there"}, None
    done = cli("run", "--resume", "r.json")
    assert (5, after + 1) == (done.code, len(launch.visits))
    assert f"the record was begun with the {key} here, and here it is there" in done.err
    assert (["r.json"], before) == (os.listdir(), Path("r.json").read_text())
    launch.metadata = {key: "here"}
    assert 0 == cli("run", "--resume", "r.json").code
    assert 6 == len(launch.visits) - 1


def test_an_anonymous_record_is_completed_where_it_was_begun(cli, launch):
    """It does not tell the host and the interpreter, so that there is nothing to compare them with."""
    launch.metadata = {"hostname": "desk", "python_executable": "/opt/python", "platform": "Linux-6.1.0-18-amd64-x"}
    launch.interrupt_after = 2
    cli("run", "--backend", "pool", "--workers", "2", "--anonymous", "-o", "r.json")
    launch.interrupt_after = None
    assert 0 == cli("run", "--resume", "r.json").code


def test_resume_refuses_other_cases(cli, launch):
    """--resume goes on with the plan in the file, so an option that would be ignored is wrong usage."""
    cli("run", "--backend", "pool", "-o", "r.json")
    for words in (["--backend", "executor"], ["--dry-run"], ["--seed", "0"], ["--plan", "textbook"], ["-o", "s.json"]):
        visits = len(launch.visits)
        done = cli("run", "--resume", "r.json", *words)
        assert 2 == done.code
        assert "leave out --" in done.err
        assert visits == len(launch.visits)


def test_more_workers_than_cpus_are_marked(cli, launch):
    """Sixty-four times more workers than this machine has CPUs: allowed, warned of, marked with a star."""
    done = cli("run", "--backend", "pool", "--workers", "1000", "-o", "r.json")
    assert 0 == done.code
    assert "more than the" in done.err
    assert "1000 *" in done.out


def test_textbook_call_is_explained(cli, launch):
    """When numbers travel one by one and lose, the closing sentences say by how much, and what helps."""
    launch.seconds |= {"executor": 0.04, "serial": 0.002, "ceiling": 0.001}
    done = cli(
        "run",
        "--backend",
        "executor",
        "--workers",
        "2",
        "--workload",
        "textbook",
        "--task",
        "number",
        "--chunksize",
        "api",
        "-o",
        "r.json",
    )
    assert "takes 20.0 times as long as the serial loop" in done.out
    assert "40.0 µs per number for 2.00 µs of work" in done.out
    assert "--task chunk" in done.out


def test_dry_run_measures_nothing(cli, launch):
    """--dry-run prints the cases, visits none and writes no file."""
    done = cli("run", "--backend", "pool", "--workers", "2", "--dry-run")
    assert 0 == done.code
    assert "3 cases" in done.out
    assert not launch.visits
    assert not list(Path().rglob("*.json"))


@pytest.mark.parametrize("words", [["--backend", "pool"], ["--primitive", "lock"], ["--plan", "pool-churn"]])
def test_affinity_sets_the_default_number_of_workers(cli, launch, words):
    """On one CPU no case has more than one worker, or two parties, unless --workers asks for them."""
    cpu = str(min(os.sched_getaffinity(0)))
    data = json.loads(cli("run", *words, "--affinity", cpu, "--dry-run", "--format", "json").out)
    workers = {case["params"].get("workers", 1) for case in data["cases"]}
    parties = {case["params"].get("parties", 2) for case in data["cases"]}
    assert ({1}, {2}) == (workers - {"none"}, parties - {"none"})


def test_workers_that_are_asked_for_stay(cli, launch):
    """--affinity is no limit: three workers on one CPU can be measured."""
    cpu = str(min(os.sched_getaffinity(0)))
    words = ("--workers", "3", "--affinity", cpu, "--dry-run", "--format", "json")
    data = json.loads(cli("run", "--backend", "pool", *words).out)
    assert 3 == next(case["params"]["workers"] for case in data["cases"] if case["member"] == "pool")


def test_a_dry_run_knows_how_much_is_searched(cli, launch):
    """A hundred times as many numbers with the same kernel take many times as long, and the deadline is named."""

    def dry(*words):
        done = cli("run", "--backend", "pool", "--workers", "2", *words, "--dry-run", "--format", "json")
        return json.loads(done.out)

    few, many = dry("--range", "1e6:1.1e6"), dry("--range", "1e6:1.1e7", "--timeout", "1e4")
    assert many["expected_s"] > 20 * few["expected_s"]
    assert [] == few["expected_to_time_out"] == many["expected_to_time_out"]
    late = dry("--range", "1e9:2e9")
    assert 3 == len(late["expected_to_time_out"])
    assert 180 == late["expected_s"]  # each meets the deadline of 60 s once


def test_a_dry_run_without_a_case_is_no_success(cli, launch):
    """A plan of which nothing can be measured ends with 1, and the table says why."""
    done = cli("run", "--lifecycle", "zombies", "--start", "forkserver", "--dry-run")
    assert 1 == done.code
    assert "the fork server is the parent" in done.out
    assert "no case of this plan can be measured here" in done.err


def test_one_of_a_kind_is_no_plural(cli, launch):
    """A single case and a single round are named so."""
    done = cli("run", "--channel", "pipe", "--rounds", "1", "--dry-run")
    assert "1 case, 1 round: about" in done.out


def test_default_file_is_dated_and_never_reused(cli, launch):
    """Without -o a record goes to results/<date>-<label>.json, the next one beside it with a number."""
    cli("run", "--backend", "pool", "--label", "desk")
    cli("run", "--backend", "pool", "--label", "desk")
    names = sorted(path.name for path in Path("results").iterdir())
    assert 2 == len(names)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d-desk(-2)?\.json", name) for name in names)  # midnight may come between


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--backend", "pol"], "pol is no backend; did you mean pool?"),
        (["--backend", "pool", "--kernel", "wheel7"], "wheel7 is no kernel; did you mean wheel6?"),
        (["--backend", "pool", "--workload", "textbok"], "textbok is no workload; did you mean textbook?"),
        (["--backend", "pool", "--start", "frok"], "frok is no start method; did you mean fork?"),
        (["--backend", "pool", "--task", "all"], "all is no task. Choose from number, chunk."),
        (["--backend", "pool", "--range", "9:1"], "the range 9:1 is reversed"),
        (["--backend", "pool", "--range", "-9:1"], "begins below 0"),
        (["--backend", "pool", "--range", "1:x"], "x is no whole number"),
        (["--backend", "pool", "--kernel", "baillie-psw", "--range", "2**64:2**64+9"], "beyond the kernel baillie-psw"),
        (["--backend", "pool", "--workers", "0"], "0 workers are not possible"),
        (["--backend", "pool", "--workers", "-1"], "-1 workers are not possible"),
        (["--backend", "pool", "--workers", "10**6"], "10**6 workers are not possible"),
        (["--backend", "pool", "--chunksize", "0"], "chunks of 0 items"),
        (["--backend", "pool", "--affinity", "4096"], "--affinity 4096 is not possible"),
        (["--backend", "pool", "--range", "abc"], "abc is no range; write lo:hi"),
        (["--backend", "pool", "--range", "0:1e30", "--kernel", "wheel6"], "holds more numbers than can be counted"),
        (["--backend", "pool", "--workers", ""], "--workers names nothing"),
        (["--backend", ","], "--backend names nothing"),
        (["--plan", "textbok.toml"], "textbok.toml"),
        (["--plan", "textbook", "--chunksize", "4"], "leave out --chunksize"),
        ([], "nothing is chosen to run"),
        (["--channel", ","], "--channel names nothing"),
    ],
)
def test_wrong_usage(cli, launch, words, said):
    """Wrong words end with exit code 2 and one line that holds the value; nothing is measured, no file appears."""
    done = cli("run", *words)
    assert 2 == done.code
    assert said in done.err
    assert 1 == len(done.err.strip().splitlines())
    assert not launch.visits
    assert not list(Path().rglob("*.json"))


def test_nan_is_no_time(cli, launch):
    """A deadline of nan seconds would never pass; it is refused as wrong usage."""
    for option in ("--timeout", "--min-time"):
        done = cli("run", "--backend", "pool", option, "nan")
        assert 2 == done.code
        assert "nan" in done.err
    assert not launch.visits


def test_existing_file_is_never_overwritten(cli, launch):
    """An existing output is refused with exit code 2 and stays as it is; --force replaces it."""
    Path("r.json").write_text("mine")
    done = cli("run", "--backend", "pool", "-o", "r.json")
    assert 2 == done.code
    assert "mine" == Path("r.json").read_text()
    assert 0 == cli("run", "--backend", "pool", "-o", "r.json", "--force").code
    assert "mine" != Path("r.json").read_text()


def test_missing_folder_is_said_before_measuring(cli, launch):
    """An output folder that does not exist ends the program before any time is spent."""
    done = cli("run", "--backend", "pool", "-o", "no/r.json")
    assert 1 == done.code
    assert "the folder no does not exist" in done.err
    assert not launch.visits


def test_rescue_when_the_folder_goes_away(cli, launch, monkeypatch, tmp_path):
    """When the output cannot be written any more, the record is saved elsewhere, its place named, the exit code 1."""
    refuge = tmp_path / "refuge"
    refuge.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(refuge))
    folder = Path("out")
    folder.mkdir()
    real = launch.__call__

    def vanish(*args, **kwargs):
        if folder.exists():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()
        return real(*args, **kwargs)

    monkeypatch.setattr("bench.engine.launch.launch", vanish)
    done = cli("run", "--backend", "pool", "-o", "out/r.json")
    rescued = list(refuge.glob("primebench-rescued-*.json"))
    assert 1 == len(rescued)
    assert str(rescued[0]) in done.err
    assert 1 == done.code
    assert 0 == cli("show", str(rescued[0])).code


def test_anonymous_record_names_nobody(cli, launch):
    """An anonymous record's default name and text hold neither the host's name nor an absolute path."""
    import platform

    cli("run", "--backend", "pool", "--anonymous")
    path = next(Path("results").iterdir())
    text = path.read_text()
    assert str(Path.cwd()) not in text
    assert sys.prefix not in text
    assert platform.node() not in path.name
    assert f'"{platform.node()}"' not in text


def test_one_real_run_through_pyperf(tmp_path):
    """The whole path with real processes: a table on stdout, and a file that pyperf itself opens."""
    target = tmp_path / "r.json"
    words = ["run", "--backend", "pool", "--workload", "textbook", "--rounds", "2", "--values", "1", "--warmups", "0"]
    words += ["--min-time", "0.001", "-o", str(target)]
    done = subprocess.run([sys.executable, "-m", "bench", *words], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert {"serial", "ceiling", "pool"} <= {line.split()[0] for line in done.stdout.splitlines() if line}
    for command in ("show", "stats", "check", "metadata", "hist"):
        read = subprocess.run([sys.executable, "-m", "pyperf", command, str(target)], capture_output=True, check=False)
        assert 0 == read.returncode, (command, read.stderr)


def test_without_affinity_nothing_is_bound(cli, monkeypatch):
    """Where no process can be bound to CPUs, as on macOS, --affinity is wrong usage and --pin yes makes no sense."""
    monkeypatch.delattr(os, "sched_setaffinity")
    done = cli("run", "--backend", "pool", "--affinity", "0")
    assert (2, True) == (done.code, "this system cannot bind processes to CPUs" in done.err)
    done = cli("run", "--backend", "pool", "--pin", "no,yes", "--dry-run")
    assert "this system cannot bind a process to a CPU; only --pin no can be measured." == reason_of(
        "skipped", done.out
    )


def test_worker_counts_are_compared_unasked(cli, launch, monkeypatch):
    """On six CPUs a backend is measured with 1, 2, 4 and 6 workers; a named number is measured alone."""
    monkeypatch.setattr("bench.core.cpus.usable_workers", lambda: 6)
    for words, expected in (((), {1, 2, 4, 6}), (("--workers", "auto"), {1, 2, 4, 6}), (("--workers", "3"), {3})):
        done = cli("run", "--backend", "pool", *words, "--dry-run", "--format", "json")
        cases = json.loads(done.out)["cases"]
        assert expected == {case["params"]["workers"] for case in cases if case["member"] == "pool"}
