"""primebench gate, from words to verdict and exit code, with exact times; and twice for real."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from math import log
from pathlib import Path

import pytest
from scipy import stats

from bench.app import paired
from bench.core.record import Process, Result
from bench.core.side import Side
from bench.core.stamps import OTHERS, STEAL, THROTTLED
from bench.engine import sides, virtual_environment
from bench.store import record_file
from bench.store.journal import place
from tests.support.installation import copy_source
from tests.support.launch import FakeLaunch

SIDES = ("--base", "old", "--head", "new")
WORDS = ("gate", *SIDES, "--backend", "pool", "-o", "gate.json")


CRASH = ("crashed", "on request")


class FakeSides(FakeLaunch):
    """Stands in for the sides as well.

    Attributes:
        calm_after: visits after which nobody is slower any more.
        versions, commits: label of a side -> what it tells of itself.
    """

    def __init__(self):
        super().__init__(0.1)
        self.noise, self.calm_after = 0.002, None
        self.versions, self.commits = {}, {}
        self.metadata = dict.fromkeys((OTHERS, STEAL, THROTTLED), 0.0)

    def __call__(self, visit):
        if self.calm_after is not None and len(self.visits) >= self.calm_after:
            self.slower = {}
        return super().__call__(visit)

    def build(self, label, scratch):
        version, commit = self.versions.get(label, "0.1.0"), self.commits.get(label)
        return Side(label, label, scratch, version, "3.11.7", str(scratch), commit)

    def running(self, scratch):
        return self.build("ours", scratch)


@pytest.fixture
def fakes(monkeypatch):
    """Put `FakeSides` in the place of all sides and of what they start."""
    found = FakeSides()
    for name in ("build", "running"):
        monkeypatch.setattr(sides, name, getattr(found, name))
    monkeypatch.setattr("bench.engine.launch.launch", found)
    monkeypatch.setattr("bench.engine.interleaved.measure", found.together)
    return found


def verdicts(done):
    """Return the verdict of each case of a JSON report."""
    return {case["id"].split()[0]: case["verdict"] for case in json.loads(done.out)["cases"]}


# --- exit codes ---------------------------------------------------------------------------------------------------


def test_equal_sides_are_ok(cli, fakes):
    """Exit code 0: no difference but noise of 0.2 %, and a slowdown of 5 % is ruled out."""
    done = cli(*WORDS)
    assert 0 == done.code, done.err
    assert "Verdict: ok." in done.out


def test_a_case_that_crashes_in_head_is_a_failure(cli, fakes):
    """Exit code 1: head crashes in one case; the reason is in the table, and the other case has its verdict."""
    fakes.failures[("new", "executor")] = CRASH
    done = cli("gate", *SIDES, "--backend", "pool,executor", "-o", "gate.json", "--format", "json")
    assert 1 == done.code
    assert {"backends/pool": "ok", "backends/executor": "failed"} == verdicts(done)
    assert "failed" == json.loads(done.out)["verdict"]
    assert "head crashed: on request" in json.loads(done.out)["reasons"][0]


def test_a_case_that_only_base_cannot_run_is_not_judged(cli, fakes):
    """A backend that is new in head has nothing to be compared with: it is listed and said, and costs nothing."""
    fakes.failures[("old", "executor")] = CRASH
    done = cli("gate", *SIDES, "--backend", "pool,executor", "-o", "gate.json", "--format", "json")
    assert 0 == done.code
    assert {"backends/pool": "ok", "backends/executor": "missing"} == verdicts(done)
    assert "base has no time to compare with (base crashed: on request)" in done.err


@pytest.mark.parametrize("side", ["old", "new"])
def test_nothing_measured_is_a_failure(cli, fakes, side):
    """Exit code 1: when every case fails on a side there is no verdict, never ok."""
    fakes.failures[(side, "pool")] = CRASH
    done = cli(*WORDS)
    assert 1 == done.code
    assert "Verdict: failed." in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gate",), "name both sides"),
        (("gate", "--base", "old", "--backend", "pool"), "name both sides"),
        (("gate", *SIDES, "--again", "x.json"), "name both sides"),
        (("gate", "--records", "a.json", "b.json", "--backend", "pool"), "leave out --backend"),
        (("gate", "--again", "x.json", "--pairs", "9"), "leave out --pairs"),
        (("gate", *SIDES), "nothing is chosen to run"),
        (
            (*WORDS, "--pairs", "6"),
            "--pairs 6 can never be significant: alpha 0.01 over 1 case needs at least 7 pairs",
        ),
        ((*WORDS, "--pairs", "some"), "--pairs some is no number of pairs"),
        ((*WORDS, "--margin", "0.06"), "--margin 0.06 does not lie below --threshold 0.05"),
        ((*WORDS, "--control", "no-such"), "no-such is no kernel"),
        (
            (
                "gate",
                *SIDES,
                "--backend",
                "serial",
                "--kernel",
                "wheel6",
                "--range",
                "1e6:1.02e6",
                "--control",
                "wheel6",
            ),
            "the control is itself under test",
        ),
        (("gate", "--records", "a.json", "a.json"), "a.json"),
        (("gate", "--records", "a.json"), "--records names 1 file: "),
        (("gate", "--records", "a.json", "b.json", "c.json"), "name the records of head with --against"),
        (("gate", "--records", "a.json", "b.json", "--drift", "0.1", "--threshold", "0.01"), "does not lie below"),
        (("gate", "--base", "old", "--head", "new", "--drift", "0.1"), "leave out --drift"),
    ],
)
def test_wrong_usage(cli, fakes, words, said):
    """Exit code 2, one line, and no file: half a pair of sides, a design that cannot reach its alpha, and the like."""
    done = cli(*words)
    assert (2, "") == (done.code, done.out)
    assert said in done.err
    assert [] == list(Path().glob("*.json"))


def test_a_budget_that_cannot_decide_is_inconclusive_before_anything_is_measured(cli, fakes):
    """Exit code 4, no visit: 7 pairs twice, of 4 visits of 17 values of 20 ms at least, take 19.04 s; 20 would do."""
    done = cli(*WORDS, "--budget", "19", "--format", "json")
    assert (4, []) == (done.code, fakes.visits)
    assert "inconclusive" == json.loads(done.out)["verdict"]
    assert "--budget 20 would do" in json.loads(done.out)["reasons"][0]
    assert {"backends/pool": "inconclusive"} == verdicts(done)


def test_no_more_pairs_are_planned_than_a_record_holds(cli, fakes, monkeypatch):
    """Pairs that spread by 10 % and a budget of a day ask for thousands; a batch has as many as its field may hold."""
    monkeypatch.setattr(paired, "MOST_PAIRS", 32)
    fakes.noise = 0.1
    cli(*WORDS, "--budget", "86400")
    assert 32 == record_file.load(Path("gate.json")).plan.effort.pairs


def test_a_budget_that_turns_out_too_short_names_one_that_would_do(cli, fakes, monkeypatch):
    """The pilot's 4 pairs took 40 s: 7 pairs twice need 140 s, 120 are too short; what was measured is kept."""
    moments = iter((0.0, 40.0))
    monkeypatch.setattr(paired.hold, "__defaults__", (lambda: next(moments),))
    done = cli(*WORDS, "--budget", "120", "--format", "json")
    assert 4 == done.code
    assert "--budget 140 would do" in json.loads(done.out)["reasons"][0]
    assert {4} == {len(result.samples) for result in record_file.load(Path("gate.json")).results.values()}


def test_the_power_that_was_reached_is_told(cli, fakes):
    """On a quiet machine every slowdown of 5 % is found, with a noise of 10 % and seven pairs hardly any."""
    quiet = json.loads(cli(*WORDS, "--format", "json").out)
    fakes.noise = 0.1
    noisy = cli(*WORDS, "--pairs", "7", "--force")
    assert quiet["power"] > 0.99
    assert "Power: pairs that spread like these show a slowdown of 5% in" in noisy.out
    assert json.loads(cli("gate", "--again", "gate.json", "--format", "json").out)["power"] < 0.3


def test_a_slower_head_is_regressed(cli, fakes):
    """Exit code 3: 5 % slower in both batches."""
    fakes.slower["new"] = 1.05
    done = cli(*WORDS, "--format", "json")
    assert 3 == done.code
    case = json.loads(done.out)["cases"][0]
    assert 1.05 == pytest.approx(case["ratio"], rel=0.01)
    assert case["low"] < 1.05 < case["high"]
    assert "confirmed" in case["reason"]
    steps = re.findall(r"^(\w+): \d+ visits?, about \d+ s$", done.err, re.MULTILINE)
    assert ["calibration", "pilot", "pairs", "confirmation"] == steps, "each step is told, with how long it takes"


def test_a_faster_head_is_ok(cli, fakes):
    """Exit code 0: faster is ok, and noted as improved."""
    fakes.slower["new"] = 0.9
    done = cli(*WORDS)
    assert 0 == done.code
    assert "ok, improved" in done.out


def test_noise_is_inconclusive(cli, fakes):
    """Exit code 4: with a noise of 10 % and seven pairs neither a slowdown nor its absence can be shown."""
    fakes.noise = 0.1
    done = cli(*WORDS, "--pairs", "7")
    assert 4 == done.code
    assert "more pairs would decide" in done.out


def test_records_of_unlike_machines_are_not_comparable(cli, fakes, launch):
    """Exit code 5: two records that differ in their Python version, which is named."""
    for name in ("a", "b"):
        cli("run", "--backend", "pool", "-o", f"{name}.json")
    data = json.loads(Path("b.json").read_text())
    data["primebench"]["hosts"][0]["python_version"] = "3.99.1"
    Path("b.json").write_text(json.dumps(data))
    done = cli("gate", "--records", "a.json", "b.json")
    assert 5 == done.code
    assert "3.99.1" in done.out
    assert "not comparable" in done.out
    assert "they differ in Python. primebench compare --by python" in done.err


def test_ctrl_c_keeps_what_was_measured(cli, fakes, monkeypatch):
    """Exit code 130: the record is named, and holds every visit but the calibration's; no folder is left."""
    fakes.interrupt_after = 4 + 10  # the calibration of two cases with two sides each, and ten visits
    done = cli(*WORDS, "--pairs", "9")
    assert 130 == done.code
    assert "what was measured is kept in gate.json" in done.err
    record = record_file.load(Path("gate.json"))
    assert 10 == sum(len(result.samples) for result in record.results.values())


# --- how it is measured -------------------------------------------------------------------------------------------


def test_both_sides_are_measured_in_turns(cli, fakes):
    """With nine pairs each side measures the case once for the calibration and nine times, the control as often."""
    cli(*WORDS, "--pairs", "9")
    labels = [visit.side.label for visit in fakes.visits]
    assert {"old": 10, "new": 10, "ours": 20} == {label: labels.count(label) for label in set(labels)}


def test_pairs_take_turns_with_builds(cli, fakes, monkeypatch):
    """Each of seven pairs meets builds of its own, and the confirmation none of those that it confirms."""
    numbers = itertools.count()
    monkeypatch.setattr(
        virtual_environment, "again", lambda side, scratch: replace(side, label=f"{side.label}-{next(numbers)}")
    )
    fakes.slower = {"new": 1.1} | {f"new-{number}": 1.1 for number in range(100)}
    assert 3 == cli(*WORDS, "--pairs", "7").code
    cases = {visit.case.id for visit in fakes.visits}
    heads = [visit.side.label for visit in fakes.visits if visit.side.label.startswith("new")]
    assert 2 == len(cases)
    assert 1 + 14 == len(heads)  # the calibration and two batches
    assert 14 == len(set(heads))


def test_auto_needs_more_pairs_where_it_is_noisier(cli, fakes):
    """From a quiet pilot the fewest pairs that can reach alpha follow, seven; from a noisy one more."""
    cli(*WORDS)
    quiet = record_file.load(Path("gate.json")).plan.effort.pairs
    fakes.noise = 0.03
    cli(*WORDS, "--force")
    assert 7 == quiet
    assert quiet < record_file.load(Path("gate.json")).plan.effort.pairs


def test_a_red_verdict_is_confirmed_once(cli, fakes):
    """A slowdown makes a second batch of the red case and the control only, as large as the first, and no third."""
    fakes.slower["new"] = 1.0
    cli("gate", *SIDES, "--backend", "pool,serial", "--pairs", "8", "-o", "a.json")
    calm = len(fakes.visits)
    fakes.visits.clear()
    fakes.slower["new"] = 1.2
    cli("gate", *SIDES, "--backend", "pool,serial", "--pairs", "8", "-o", "b.json")
    calibration, pairs = 6, 8
    assert calibration + 3 * 2 * pairs == calm
    assert calibration + 2 * 3 * 2 * pairs == len(fakes.visits)


def test_what_is_not_confirmed_is_not_regressed(cli, fakes):
    """A slowdown that is gone in the second batch is inconclusive: exit code 4, with the reason."""
    fakes.slower["new"] = 1.2
    fakes.calm_after = 4 + 4 * 8
    done = cli(*WORDS, "--pairs", "8")
    assert 4 == done.code
    assert "slower, but not confirmed (second batch ok" in done.out


@pytest.mark.parametrize(
    ("disturbance", "value", "said"),
    [
        (OTHERS, 0.8, "CPU time used by other programs, in CPUs, was 0.8, above 0.5"),
        (STEAL, 100.0, "stolen by the host"),
        (THROTTLED, 0.2, "throttled by a quota"),
    ],
)
def test_a_disturbed_machine_takes_ok_away(cli, fakes, disturbance, value, said):
    """Other programs, stolen time or throttling above the limit: inconclusive with the reason."""
    fakes.metadata[disturbance] = value
    done = cli(*WORDS, "--pairs", "8", "--format", "json")
    report = json.loads(done.out)
    assert (4, "inconclusive", True) == (done.code, report["verdict"], report["void"])
    assert {"inconclusive"} == {case["verdict"] for case in report["cases"]}
    assert 'failures="0"' in cli("gate", "--again", "gate.json", "--format", "junit").out
    assert said in report["reasons"][0]


def test_a_clear_slowdown_survives_load(cli, fakes):
    """+260 % with a still control while others use 1.66 CPUs is regressed; so is no slowdown that load may explain."""
    fakes.metadata[OTHERS] = 1.66
    fakes.slower["new"] = 3.6
    done = cli(*WORDS, "--format", "json")
    report = json.loads(done.out)
    assert (3, "regressed", False) == (done.code, report["verdict"], report["void"])
    assert "in spite of this: CPU time used by other programs, in CPUs, was 1.66" in report["reasons"][-1]
    fakes.slower["new"] = 1.04
    assert 4 == cli(*WORDS, "--force").code
    fakes.slower["new"] = 3.6
    assert 4 == cli(*WORDS, "--force", "--control", "none").code


@pytest.mark.parametrize("factor", [1.05, 0.95])
def test_a_control_that_moves_makes_the_verdict_void(cli, fakes, monkeypatch, factor):
    """The same installation in both places of the control: if one place is 5 % off, no verdict stands."""
    together = fakes.together

    def moved(visits):
        for name, outcome in together(visits):
            (once,) = outcome.processes
            values = tuple(value * (factor if name == "control-again" else 1) for value in once.values)
            yield name, Result(outcome.case, (Process(values, (), once.metadata),))

    monkeypatch.setattr("bench.engine.interleaved.measure", moved)
    fakes.slower["new"] = 1.5
    done = cli(*WORDS, "--pairs", "8")
    assert 4 == done.code
    assert "void: control serial moved by" in done.out


def test_without_a_control_that_is_said(cli, fakes):
    """A control can be left out, and one that crashes does not cost the verdict; both are told."""
    done = cli(*WORDS, "--control", "none")
    assert 0 == done.code
    assert "there is no control" in done.err
    fakes.failures[("ours", "serial")] = CRASH
    done = cli(*WORDS, "--force")
    assert 0 == done.code
    assert "the control failed, the verdict stands without it" in done.err


def test_alpha_is_shared_by_all_cases(cli, fakes):
    """With two cases the p-values are Holm's: twice the exact signed-rank p-value of the smaller one."""
    fakes.slower["new"] = 1.02
    fakes.noise = 0.03
    done = cli("gate", *SIDES, "--backend", "pool,executor", "--pairs", "10", "-o", "gate.json", "--format", "json")
    record = record_file.load(Path("gate.json"))
    raw = {}
    for member in ("pool", "executor"):
        times = {
            result.side: {
                one.metadata["primebench_pair"]: min(one.values)
                for one in result.processes
                if one.metadata["primebench_batch"] == 0
            }
            for result in record.results.values()
            if result.case.member == member
        }
        ratios = [times["head"][pair] / times["base"][pair] for pair in range(10)]
        logs = [log(ratio) for ratio in ratios]
        raw[f"backends/{member}"] = stats.wilcoxon(logs, alternative="greater", method="exact").pvalue
    low, high = sorted(raw.values())
    expected = {low: 2 * low, high: max(high, 2 * low)}
    told = {case["id"].split()[0]: case["p"] for case in json.loads(done.out)["cases"]}
    assert {name: pytest.approx(expected[p]) for name, p in raw.items()} == told


def test_doubts_are_told(cli, fakes):
    """Different versions of primebench, and the same commit on both sides, are allowed and said."""
    fakes.versions = {"old": "0.9.0"}
    fakes.commits = {"old": "a" * 40, "new": "a" * 40}
    done = cli(*WORDS)
    assert 0 == done.code
    for doubt in ("base has primebench 0.9.0 and head 0.1.0", "old and new are the same commit"):
        assert 1 == done.err.count(doubt)


def test_doubts_are_told_before_it_is_too_late(cli, fakes):
    """Whoever named the wrong commit hears so before minutes of measuring, not after."""
    fakes.commits = {"old": "a" * 40, "new": "a" * 40}
    fakes.interrupt_after = 0
    assert "old and new are the same commit" in cli(*WORDS).err


def test_text_and_json_say_the_same(cli, fakes):
    """Ratio, interval, n, p and verdict of the table are those of the data."""
    fakes.slower["new"] = 1.1
    cli(*WORDS)
    text = cli("gate", "--again", "gate.json").out
    data = json.loads(cli("gate", "--again", "gate.json", "--format", "json").out)
    (case,) = data["cases"]
    row = next(line for line in text.splitlines() if line.startswith("pool"))
    for shown in (
        f"{case['ratio']:.3f}",
        f"{case['low']:.3f} .. {case['high']:.3f}",
        f"{case['p']:.2g}",
        case["verdict"],
    ):
        assert shown in row
    assert f"Verdict: {data['verdict']}." in text
    assert {"id", "ratio", "low", "high", "n", "p", "verdict", "reason"} <= case.keys()
    assert ["backends/serial"] == [control["id"].split()[0] for control in data["controls"]]


# --- what is stored -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (1.1, 3)])
def test_a_stored_gate_has_the_same_verdict_again(cli, fakes, factor, code):
    """The verdict follows from the record alone: judged again, it is the same number by number."""
    fakes.slower["new"] = factor
    first = cli(*WORDS, "--format", "json")
    again = cli("gate", "--again", "gate.json", "--format", "json")
    assert code == first.code == again.code
    assert json.loads(first.out)["cases"] == json.loads(again.out)["cases"]


def test_the_record_of_a_gate_has_its_verdict_in_a_page(cli, fakes):
    """The page begins with the verdict, names both sides, and draws ratios against the margin."""
    cli(*WORDS)
    page = cli("report", "gate.json").out
    assert page.index(">Verdict</h2>") < page.index(">Times</h2>")
    assert "base: old" in page and "Verdict: ok." in page
    assert '"label":"margin"' in page


def test_the_record_of_a_gate_can_be_shown(cli, fakes):
    """Every side of every case is a row."""
    cli(*WORDS)
    lines = cli("show", "gate.json").out.splitlines()
    rows = [line.split() for line in lines if line.startswith(("pool", "serial"))]
    for member, side in (("pool", "base"), ("pool", "head"), ("serial", "control"), ("serial", "control-again")):
        assert 1 == sum(member == row[0] and side in row for row in rows)


def test_gates_of_unlike_work_are_not_comparable(cli, fakes):
    """The record of a gate tells what was searched; of two that searched unlike ranges no ratio is made."""
    for name, searched in (("a.json", "0:1000"), ("b.json", "0:2000")):
        cli("gate", *SIDES, "--backend", "pool", "--range", searched, "--control", "none", "--pairs", "8", "-o", name)
    (work,) = record_file.load(Path("a.json")).plan.work.values()
    assert ("0:1000", 1000, "number") == (work.name, work.size, work.unit)
    done = cli("compare", "a.json", "b.json")
    assert 5 == done.code and "differ in work" in done.err


def test_a_record_of_a_run_is_no_gate(cli, fakes, launch):
    """--again with the record of a run says what to do instead, with exit code 2."""
    cli("run", "--backend", "pool", "-o", "a.json")
    done = cli("gate", "--again", "a.json")
    assert 2 == done.code
    assert "for two records use --records" in done.err


def run_twice(cli, launch, factor=1.0, rounds="9"):
    """Run the same plan twice, the second time with the pool slower."""
    launch.noise, seconds = 0.002, launch.seconds["pool"]
    for name, launch.seconds["pool"] in (("a.json", seconds), ("b.json", seconds * factor)):
        cli("run", "--backend", "pool", "--rounds", rounds, "-o", name)
    launch.seconds["pool"] = seconds


@pytest.mark.parametrize(("factor", "code", "verdict"), [(1.0, 0, "ok"), (1.1, 3, "regressed"), (0.9, 0, "ok")])
def test_stored_records_are_judged_with_a_warning(cli, launch, factor, code, verdict):
    """--records gives the verdict by the rank-sum test over processes, and warns of the drift between sessions."""
    run_twice(cli, launch, factor)
    done = cli("gate", "--records", "a.json", "b.json", "--format", "json")
    assert code == done.code
    assert verdict == verdicts(done)["backends/pool"]
    assert "drift" in done.err


def test_a_record_against_itself_is_never_regressed(cli, launch):
    """A copy of a record is ok against it."""
    run_twice(cli, launch)
    Path("c.json").write_text(Path("a.json").read_text())
    done = cli("gate", "--records", "a.json", "c.json")
    assert 0 == done.code
    assert "hold the same times" in done.err


def test_records_with_too_few_processes_are_inconclusive(cli, launch):
    """Three processes a side can never be significant: inconclusive, neither an alarm nor a green light."""
    for factor in (1.0, 2.0):
        run_twice(cli, launch, factor, rounds="3")
        done = cli("gate", "--records", "a.json", "b.json")
        assert 4 == done.code and "3 processes are too few" in done.out
        Path("a.json").unlink()
        Path("b.json").unlink()


def test_a_control_of_records_can_be_named(cli, launch):
    """With the serial loop as control, a serial loop that is as much slower as the pool voids the verdict."""
    run_twice(cli, launch, 1.1)
    data = json.loads(Path("b.json").read_text())
    for entry in data["benchmarks"]:
        if "serial" in json.dumps(entry):
            for one in entry["runs"]:
                one["values"] = [1.1 * value for value in one.get("values", [])] or one.get("values")
    Path("b.json").write_text(json.dumps(data))
    done = cli("gate", "--records", "a.json", "b.json", "--control", "trial-division")
    assert 4 == done.code
    assert "void: control serial moved by +10." in done.out


def test_a_failure_in_a_record_is_a_failure(cli, launch):
    """A case that has times in the base and crashed in head ends with exit code 1."""
    run_twice(cli, launch)
    launch.failures["pool"] = ("crashed", "on request")
    cli("run", "--backend", "pool", "--rounds", "9", "-o", "c.json")
    done = cli("gate", "--records", "a.json", "c.json")
    assert 1 == done.code
    assert "crashed: on request" in done.out


# --- for real -----------------------------------------------------------------------------------------------------

SMALL = ["--backend", "serial,pool", "--workers", "1", "--range", "0:3000", "--values", "2", "--min-time", "0.002"]


def real(*words, **named):
    """Return the command as a process of its own."""
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from bench.__main__ import main; sys.argv[0] = 'primebench'; main()"
    return [sys.executable, "-c", code, *words]


def test_this_python_against_itself(tmp_path):
    """Two cases, eight pairs, the same interpreter on both sides: a verdict that is no alarm, and its record."""
    sides_words = ["--base", sys.executable, "--head", sys.executable, "--control", "none"]
    words = ["gate", *sides_words, *SMALL, "--pairs", "8", "-o", "gate.json", "--format", "json"]
    done = subprocess.run(real(*words), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 4), done.stderr
    data = json.loads(done.stdout)
    assert {8} == {case["n"] for case in data["cases"]}
    assert 2 == len(data["cases"])
    record = record_file.load(tmp_path / "gate.json")
    first = [
        [process for process in result.processes if process.values and not process.metadata["primebench_batch"]]
        for result in record.results.values()
    ]
    assert {8} == set(map(len, first))  # more where chance asks for a confirmation


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository with two commits of this source."""
    folder = tmp_path_factory.mktemp("repository")
    git = ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    copy_source(folder)
    subprocess.run([*git, "add", "."], check=True)
    for message in ("one", "two"):
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", message], check=True)
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_interrupt_leaves_nothing_but_the_record(tmp_path, repository, number):
    """A signal while a gate of two commits measures: exit code 130, no folder, no worktree, the record named."""
    temporary, record = tmp_path / "t", f"gate-{number}.json"
    temporary.mkdir()
    words = ["gate", "--base", "HEAD~1", "--head", "HEAD", *SMALL, "--pairs", "500", "-o", record]
    gate = subprocess.Popen(
        real(*words),
        cwd=repository,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 100
        while not measured(repository / record):
            assert gate.poll() is None, gate.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        gate.send_signal(number)
        out, err = gate.communicate(timeout=30)
    finally:
        gate.kill()
    assert (130, "") == (gate.returncode, out)
    assert f"what was measured is kept in {record}" in err
    assert [] == os.listdir(temporary)
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=repository, check=True, capture_output=True, text=True)
    assert 1 == len(worktrees.stdout.splitlines())
    assert record_file.load(repository / record).results


def measured(file):
    """Say whether the journal of a record holds times."""
    journal = place(file)
    return journal.exists() and '"processes"' in journal.read_text()
