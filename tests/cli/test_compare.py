"""primebench compare: every exit code, every refusal, every axis, through the real command."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.job import Work
from tests.support.records import backend, record, save, save_plain

POOL, EXECUTOR, SERIAL, CEILING = backend("pool", 4), backend("executor", 4), backend("serial"), backend("ceiling", 4)
STEADY = [1 + i / 1000 for i in range(20)]


def times(factor=1.0, count=20):
    """Return times around a factor, all different."""
    return [factor * time for time in STEADY[:count]]


def write(name, given, **settings):
    """Write a record into the current folder and return its name."""
    save(record(given, **settings), Path(name))
    return name


def controlled(name, given, **settings):
    """Write a record that also holds a serial loop, equally fast in all of them."""
    return write(name, {**given, SERIAL: times()}, **settings)


def judged(done):
    """Return the cases of a comparison printed as JSON, without the control."""
    return [case for case in json.loads(done.out)["cases"] if case["verdict"] != "control"]


def test_other_numbers_of_threads_are_told(cli):
    """A function's times with eight threads in each worker and with one are compared, with a warning."""
    for name, seen in (("a.json", {"environ": "OMP_NUM_THREADS=1"}), ("b.json", {})):
        made = record({POOL: times(), SERIAL: times()})
        save(replace(made, jobs={"mine": {"function": "m:f", **seen}}), Path(name))
    done = cli("compare", "a.json", "b.json")
    assert "functions saw other variables in a.json (OMP_NUM_THREADS=1) than in b.json (none)" in done.err


# --- times in doubt -----------------------------------------------------------------------------------------------


def disturbed(name, given, cases=(), **noise):
    """Write a record whose processes, or those of some cases, note what disturbed them."""
    made = record(given)
    for key, result in made.results.items():
        if not cases or key in {case.id for case in cases}:
            for process in result.processes:
                process.metadata.update({f"primebench_{word}": value for word, value in noise.items()})
    return str(save(made, Path(name)))


def test_a_disturbed_file_is_judged_as_the_gate_judges_it(cli):
    """1.6 CPUs were used by others while all took half as long again: void, exit 4, as gate --records says."""
    controlled("a.json", {POOL: times()})
    disturbed("b.json", {POOL: times(1.5), SERIAL: times()}, others_cpus=1.6)
    compared, gated = cli("compare", "a.json", "b.json"), cli("gate", "--records", "a.json", "b.json")
    assert (4, 4) == (compared.code, gated.code)
    why = "void: b.json: CPU time used by other programs, in CPUs, was 1.6, above 0.5"
    assert why in compared.out
    assert why in gated.out
    assert "other in doubt: other programs used 1.6 CPUs" in compared.out


def test_the_same_slowdown_without_a_disturbance_is_regressed(cli):
    """Half as long again with the control at rest."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times(1.5)})
    assert 3 == cli("compare", "a.json", "b.json").code


@pytest.mark.parametrize("noise", [{}, {"others_cpus": 1.6}])
def test_times_in_doubt_rank_nobody(cli, noise):
    """Of two members one takes half the time; where other programs used 1.6 CPUs meanwhile, that says nothing."""
    disturbed("a.json", {POOL: times(), EXECUTOR: times(0.5)}, [EXECUTOR], **noise)
    (case,) = json.loads(cli("compare", "a.json", "--by", "member", "--format", "json").out)["cases"]
    expected = ("inconclusive", ["other in doubt: other programs used 1.6 CPUs"]) if noise else ("faster", [])
    assert expected == (case["verdict"], case["doubts"])


def test_what_is_divided_by_a_serial_loop_in_doubt_is_in_doubt(cli):
    """The serial loop of one machine met other programs, and no speed-up of it is compared with the other's."""
    times_ = {POOL: times(0.5), SERIAL: times()}
    write("a.json", times_)
    made = disturbed("b.json", times_, [SERIAL], others_cpus=1.6)
    done = cli("compare", "a.json", made, "--normalise", "serial", "--format", "json")
    (case,) = json.loads(done.out)["cases"]
    assert ["other in doubt: the serial loop is in doubt"] == case["doubts"]


def test_a_ratio_in_doubt_is_a_hollow_mark(cli):
    """What is not to be trusted is drawn hollow, with the reason."""
    disturbed("a.json", {POOL: times(), EXECUTOR: times(0.5)}, [EXECUTOR], others_cpus=1.6)
    page = cli("compare", "a.json", "--by", "member", "--format", "html").out
    assert '"other in doubt: other programs used 1.6 CPUs",true]' in page


# --- verdicts and exit codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "count", "code", "verdict"),
    [
        (1.0, 20, 0, "ok"),
        (0.8, 20, 0, "ok"),
        (1.1, 20, 3, "regressed"),
        (1.015, 20, 0, "ok"),
        (1.1, 3, 4, "inconclusive"),
    ],
)
def test_verdict_decides_the_exit_code(cli, factor, count, code, verdict):
    """Equal or faster is 0, 10 % slower is 3, and 3 processes are too few to say anything: 4."""
    controlled("a.json", {POOL: times(count=count)})
    controlled("b.json", {POOL: times(factor, count)})
    done = cli("compare", "a.json", "b.json", "--format", "json")
    data = json.loads(done.out)
    assert (code, verdict) == (done.code, data["verdict"])
    (case,) = judged(done)
    assert (POOL.id, verdict, count) == (case["id"], case["verdict"], case["n"])
    assert factor == pytest.approx(case["ratio"], rel=1e-3)


def test_json_and_table_say_the_same(cli):
    """Ratio, interval, n, p and verdict of the table are those of the JSON, rounded."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times(1.1)})
    (case,) = judged(cli("compare", "a.json", "b.json", "--format", "json"))
    assert {"id", "ratio", "low", "high", "n", "p", "verdict"} <= case.keys()
    text = cli("compare", "a.json", "b.json").out
    for said in (f"{case['ratio']:.3f}", f"{case['low']:.3f} .. {case['high']:.3f}", f"{case['p']:.2g}", "regressed"):
        assert said in text
    assert "Verdict: regressed." in text


def test_two_sittings_are_warned_of(cli):
    """Drift lies between two files, and the way out is named; it is no part of the data on stdout but of the JSON."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times()})
    done = cli("compare", "a.json", "b.json", "--format", "json")
    assert "carry the drift" in done.err and "primebench gate" in done.err
    assert any("drift" in warning for warning in json.loads(done.out)["warnings"])


def test_the_worst_case_decides_and_all_are_judged_together(cli):
    """One regressed case of two makes the whole regressed, with its reason."""
    controlled("a.json", {POOL: times(), EXECUTOR: times()})
    controlled("b.json", {POOL: times(), EXECUTOR: times(1.2)})
    done = cli("compare", "a.json", "b.json", "--format", "json")
    data = json.loads(done.out)
    assert 3 == done.code and ["ok", "regressed"] == [case["verdict"] for case in judged(done)]
    assert EXECUTOR.id in data["reasons"][0]


def test_three_files_are_each_compared_with_the_first(cli):
    """The table tells the files apart."""
    for name, factor in (("a.json", 1.0), ("b.json", 1.0), ("c.json", 1.2)):
        controlled(name, {POOL: times(factor)})
    done = cli("compare", "a.json", "b.json", "c.json", "--format", "json")
    found = [(case["other"], case["verdict"]) for case in judged(done)]
    assert [("b.json", "ok"), ("c.json", "regressed")] == found
    text = cli("compare", "a.json", "b.json", "c.json").out
    assert "b.json" in text and "c.json" in text


def test_missing_cases_are_listed(cli):
    """A case of one file only stands in the table of what was not compared, with its file, and changes no verdict."""
    controlled("a.json", {POOL: times(), EXECUTOR: times()})
    controlled("b.json", {POOL: times()})
    done = cli("compare", "a.json", "b.json")
    assert 0 == done.code
    (line,) = [line for line in done.out.splitlines() if line.startswith("backends/executor ")]
    assert line.endswith(" b.json [1]") and "[1] not measured" in done.out.splitlines()
    assert "Not compared" in done.out
    (entry,) = json.loads(cli("compare", "a.json", "b.json", "--format", "json").out)["missing"]
    assert (EXECUTOR.id, "b.json") == (entry["id"], entry["where"])


def test_unequal_counts_of_processes_are_judged_by_evidence(cli):
    """20 against 19 of the same times: pyperf calls any two files of unlike counts different; here it is ok.

    pyperf is asked in the same test, with equal counts too, so that the trap is known to be there.
    """
    controlled("a.json", {POOL: times()})
    controlled("equal.json", {POOL: times()})
    controlled("b.json", {POOL: times(count=19)})
    assert 0 == cli("compare", "a.json", "b.json").code

    def pyperf(other):
        words = [sys.executable, "-m", "pyperf", "compare_to", "a.json", other]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert POOL.id in pyperf("equal.json").split("not significant")[1]
    assert POOL.id not in pyperf("b.json").split("not significant")[1]


def test_unequal_numbers_of_values_do_not_favour_the_longer_row(cli):
    """A minimum over 6 values is lower by chance than one over 2: only the first 2 of both are used."""
    rows = [[time, time + 0.01, time - 0.5, time - 0.5] for time in STEADY]
    write("a.json", {POOL: [[time, time + 0.01] for time in STEADY]})
    write("b.json", {POOL: rows})
    (case,) = json.loads(cli("compare", "a.json", "b.json", "--format", "json").out)["cases"]
    assert 1.0 == pytest.approx(case["ratio"])


# --- the control, the allowance and several sessions ---------------------------------------------------------------


@pytest.mark.parametrize("words", [("compare",), ("gate", "--records")])
def test_a_machine_that_is_slower_today_is_no_regression(cli, words):
    """6 % slower in all cases, the serial loop among them: neither red nor green, with or without the loop."""
    for name, factor in (("a.json", 1.0), ("b.json", 1.06)):
        write(name, {POOL: times(factor), EXECUTOR: times(factor), SERIAL: times(factor)})
    done = cli(*words, "a.json", "b.json")
    assert 4 == done.code and "control" in done.out
    assert 4 == cli(*words, "a.json", "b.json", "--control", "none").code
    for name, factor in (("a.json", 1.0), ("b.json", 1.06)):
        write(name, {POOL: times(factor), EXECUTOR: times(factor)})
    done = cli(*words, "a.json", "b.json")
    assert 4 == done.code and "nothing shows that the machine was the same" in done.out


@pytest.mark.parametrize("words", [("compare",), ("gate", "--records")])
def test_a_serial_loop_without_kernels_is_a_control(cli, words):
    """Records of a plug-in's cases know no axis kernel; the serial loop is the control all the same."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times(1.2)})
    assert 3 == cli(*words, "a.json", "b.json").code
    done = cli(*words, "a.json", "b.json", "--control", "wheel6")
    assert (2, "") == (done.code, done.out) and "no serial loop of wheel6" in done.err
    assert 3 == cli(*words, "a.json", "b.json", "--control", SERIAL.id).code


def test_serial_loops_alone_are_judged_and_not_their_own_control(cli):
    """A record of nothing but the serial loop has no control."""
    write("a.json", {SERIAL: times()})
    write("b.json", {SERIAL: times(1.5)})
    done = cli("compare", "a.json", "b.json", "--format", "json")
    assert 4 == done.code and ["inconclusive"] == [case["verdict"] for case in judged(done)]


def test_the_allowance_is_an_option(cli):
    """5 % slower is open with 7 % allowed for, and regressed with 1 %."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times(1.05)})
    assert 4 == cli("compare", "a.json", "b.json").code
    assert 3 == cli("compare", "a.json", "b.json", "--drift", "0.01").code
    assert 4 == cli("gate", "--records", "a.json", "b.json").code
    done = cli("gate", "--records", "a.json", "b.json", "--drift", "0.01")
    assert 3 == done.code and "1.0% allowed for drift" in done.out


@pytest.mark.parametrize("words", [("compare",), ("gate", "--records")])
def test_several_records_a_side_are_pooled_by_session(cli, words):
    """Two a side pool their processes; five a side are compared as five, and 4 % more is then seen."""
    bases, heads = ([f"{side}{number}.json" for number in range(5)] for side in ("base", "head"))
    for number, (base, head) in enumerate(zip(bases, heads, strict=True)):
        level = 1 + number / 1000
        write(base, {POOL: times(level, 6), SERIAL: times(level, 6)})
        write(head, {POOL: times(1.04 * level, 6), SERIAL: times(level + 0.0001, 6)})
    found = {}
    for count in (2, 5):
        done = cli(*words, *bases[:count], "--against", *heads[:count], "--format", "json")
        (case,) = [case for case in json.loads(done.out)["cases"] if case["id"] == POOL.id]
        found[count] = (done.code, case["n"])
        assert 1.04 == pytest.approx(case["ratio"], abs=2e-3)
    assert {2: (4, 12), 5: (3, 5)} == found


def test_one_measurement_is_not_pooled_twice(cli):
    """Copies of a record on one side would count as sessions of their own."""
    for name in ("a.json", "b.json", "c.json"):
        controlled(name, {POOL: times()})
    done = cli("compare", "a.json", "b.json", "--against", "c.json")
    assert (2, "") == (done.code, done.out) and "a.json and b.json hold the same times" in done.err


# --- not comparable -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "field", "way"),
    [
        ({"cpu_model": "B"}, "CPU model", "--by machine"),
        ({"usable_cpus": 2}, "usable CPUs", "--by machine"),
        ({"python_version": "3.11.8"}, "Python", "--by python"),
    ],
)
def test_unlike_machines_are_refused(cli, machine, field, way):
    """Exit code 5, the field with both values, a way out that works; as JSON the verdict is in the data."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times()}, machine=machine)
    done = cli("compare", "a.json", "b.json")
    assert 5 == done.code
    assert field in done.out and "Verdict: not comparable." in done.out
    assert way in done.err and "--normalise" not in done.err
    again = cli("compare", "a.json", "b.json", *way.split(), "--format", "json")
    assert (0, "alike") == (again.code, json.loads(again.out)["cases"][0]["verdict"])
    data = json.loads(cli("compare", "a.json", "b.json", "--format", "json").out)
    assert ("not comparable", []) == (data["verdict"], data["cases"])
    assert data["reasons"][0].startswith(f"{field} differs: ")


def test_unlike_workloads_are_refused_even_normalised(cli):
    """A speed-up on one workload says nothing of one on another."""
    write("a.json", {POOL: times(), SERIAL: times()})
    other = backend("pool", 4, workload="textbook")
    write("b.json", {other: times(), backend("serial", workload="textbook"): times()})
    for words in ((), ("--normalise", "serial")):
        done = cli("compare", "a.json", "b.json", *words)
        assert 5 == done.code and "differ in work." in done.err and "--normalise serial" not in done.err


def test_unlike_schemas_are_refused(cli):
    """One file from a newer schema beside one of ours is not comparable; two newer ones cannot be read."""
    text = Path(write("a.json", {POOL: times()})).read_text()
    for name in ("b.json", "c.json"):
        Path(name).write_text(text.replace('"schema": 2', '"schema": 99'))
    done = cli("compare", "a.json", "b.json")
    assert 5 == done.code and "schema" in done.out and "99" in done.out
    done = cli("compare", "b.json", "c.json")
    assert 1 == done.code and "b.json: has schema 99" in done.err


def sweep(serial, speedup, **settings):
    """Return the arguments of a record with a serial loop, a ceiling and a pool."""
    base = times(serial)
    return {SERIAL: base, CEILING: [t / 4 for t in base], POOL: [t / speedup for t in base]}, settings


@pytest.mark.parametrize(("speedup", "code"), [(3.2, 0), (2.4, 3)])
def test_normalised_unlike_machines_are_compared(cli, speedup, code):
    """A machine three times as slow with the same speed-up is ok; one with three quarters of it has regressed."""
    given, _ = sweep(1.0, 3.2)
    write("a.json", given)
    given, _ = sweep(3.0, speedup)
    write("b.json", given, machine={"cpu_model": "B", "python_version": "3.14.0"})
    done = cli("compare", "a.json", "b.json", "--normalise", "serial", "--format", "json")
    assert code == done.code
    pool = next(case for case in json.loads(done.out)["cases"] if case["id"] == POOL.id)
    assert 3.2 / speedup == pytest.approx(pool["ratio"])
    assert (3.2, 0.8, 0.8) == pytest.approx(
        tuple(pool[f"base_{key}"] for key in ("speedup", "efficiency", "of_ceiling"))
    )
    assert speedup == pytest.approx(pool["other_speedup"])
    text = cli("compare", "a.json", "b.json", "--normalise", "serial").out
    assert f"3.20 -> {speedup:.2f}" in text and "80 % ->" in text


def test_normalised_cases_without_a_serial_loop_are_listed(cli):
    """What was measured on both sides but has no serial loop there is not dropped, and is the reason if it is all."""
    other = backend("pool", 2, workload="textbook")
    for name in ("a.json", "b.json"):
        write(name, sweep(1.0, 3.2)[0] | {other: times()})
    words = ("compare", "a.json", "b.json", "--normalise", "serial", "--format", "json")
    missing = json.loads(cli(*words).out)["missing"]
    assert [(other.id, "a.json"), (other.id, "b.json")] == [(entry["id"], entry["where"]) for entry in missing]
    assert {"no serial time to divide by"} == {entry["reason"] for entry in missing}
    for name in ("a.json", "b.json"):
        save_plain({"sort": times()}, Path(name))
    done = cli(*words)
    assert 1 == done.code and "sort: no serial time to divide by (a.json)" in done.err


def test_by_machine_compares_what_differs(cli):
    """Along the axis machine the CPU may differ, and nobody is at fault; an unlike Python is still refused."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times(2.0)}, machine={"cpu_model": "B", "usable_cpus": 2})
    write("c.json", {POOL: times(2.0)}, machine={"cpu_model": "B", "python_version": "3.14.0"})
    done = cli("compare", "a.json", "b.json", "--by", "machine", "--format", "json")
    assert (0, "slower") == (done.code, json.loads(done.out)["cases"][0]["verdict"])
    assert 5 == cli("compare", "a.json", "c.json", "--by", "machine").code


def test_by_python_compares_versions(cli):
    """Along the axis python the version may differ, and only that."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times(0.5)}, machine={"python_version": "3.14.0"})
    done = cli("compare", "a.json", "b.json", "--by", "python", "--format", "json")
    case = json.loads(done.out)["cases"][0]
    assert (0, "faster", "CPython 3.11.7", "CPython 3.14.0") == (
        done.code,
        case["verdict"],
        case["base"],
        case["other"],
    )


@pytest.mark.parametrize("words", [("compare",), ("gate", "--records")])
def test_a_function_whose_items_have_doubled_is_no_regression(cli, words):
    """Its file has the same name, and with it the case: it is listed with both counts, and the search alone judged."""
    own = backend("pool", 2, workload="none")
    for name, factor, count in (("a.json", 1.0, 1000), ("b.json", 2.0, 2000)):
        made = record({POOL: times(), SERIAL: times(), own: times(factor)})
        work = {**made.plan.work, own.id: Work(f"m:f equal {count:x}", count, "item")}
        save(replace(made, plan=replace(made.plan, work=work)), Path(name))
    done = cli(*words, "a.json", "b.json")
    assert 0 == done.code
    said = " ".join((done.out + done.err).split())
    assert "other work, m:f equal 7d0 (2000 items) instead of m:f equal 3e8 (1000 items)" in said


# --- within one file ----------------------------------------------------------------------------------------------


def test_by_member_ranks(cli):
    """One file is enough; rounds are paired, nobody regresses, and serial is the base when it is named."""
    write("a.json", {SERIAL: times(4.0), POOL: times(), EXECUTOR: times(2.0)})
    done = cli("compare", "a.json", "--by", "member", "--format", "json")
    (case,) = json.loads(done.out)["cases"]
    assert (0, "executor", "pool", "slower", True) == (
        done.code,
        *(case[key] for key in ("other", "base", "verdict", "paired")),
    )
    assert done.out == cli("compare", "a.json", "--by", "backend", "--format", "json").out, "what a family calls it"
    done = cli("compare", "a.json", "--by", "member", "--base", "serial", "--format", "json")
    assert [0.25, 0.5] == [pytest.approx(case["ratio"]) for case in json.loads(done.out)["cases"]]
    assert "drift" not in done.err


@pytest.mark.parametrize("axis", ["workers", "start"])
def test_by_any_axis(cli, axis):
    """Worker counts and start methods alike, and the table has a column for the axis."""
    cases = {backend("pool", 2): times(2.0), backend("pool", 4): times(1.0)}
    if axis == "start":
        cases = {backend("pool", 2): times(2.0), backend("pool", 2, start="spawn"): times(1.0)}
    write("a.json", cases)
    done = cli("compare", "a.json", "--by", axis)
    assert 0 == done.code and "0.500" in done.out and "faster" in done.out and axis in done.out.splitlines()[3]


# --- plain pyperf files -------------------------------------------------------------------------------------------


def test_plain_pyperf_files_are_compared_by_name(cli):
    """Files that primebench has nothing to do with; what they do not tell is warned of, not assumed."""
    save_plain({"sort": times(1.1), "parse": times(), "load": times()}, Path("b.json"), cpu_model_name="A")
    save_plain({"sort": times(), "parse": times(), "load": times()}, Path("a.json"), cpu_model_name="A")
    done = cli("compare", "a.json", "b.json", "--control", "load", "--format", "json")
    assert 3 == done.code
    assert {"sort": "regressed", "parse": "ok"} == {case["id"]: case["verdict"] for case in judged(done)}
    assert "a.json does not tell its usable CPUs, Python" in done.err


def test_plain_pyperf_files_have_no_control_of_their_own(cli):
    """Nothing shows that the machine was the same: neither red nor green, however clear the difference."""
    save_plain({"sort": times(2.0), "parse": times()}, Path("b.json"))
    save_plain({"sort": times(), "parse": times()}, Path("a.json"))
    done = cli("compare", "a.json", "b.json", "--format", "json")
    assert 4 == done.code and {"inconclusive"} == {case["verdict"] for case in judged(done)}
    assert ["nothing shows that the machine was the same"] == json.loads(done.out)["reasons"]


def test_plain_pyperf_files_of_unlike_cpus_are_refused(cli):
    """What pyperf's metadata do tell is compared."""
    save_plain({"sort": times()}, Path("a.json"), cpu_model_name="A")
    save_plain({"sort": times()}, Path("b.json"), cpu_model_name="B")
    assert 5 == cli("compare", "a.json", "b.json").code


def test_a_record_is_a_pyperf_file_too(cli):
    """A record and a plain file that share a name are compared."""
    controlled("a.json", {POOL: times()})
    save_plain({POOL.id: times(), SERIAL.id: times()}, Path("b.json"))
    assert 0 == cli("compare", "a.json", "b.json", "--control", SERIAL.id).code


def test_records_and_a_plain_file_stand_in_one_comparison(cli):
    """Only pairs of two records know family, member and params: the others are empty there, and no crash."""
    for name in ("a.json", "b.json"):
        controlled(name, {POOL: times()})
    save_plain({POOL.id: times(2.0), SERIAL.id: times()}, Path("plain.json"))
    done = cli("compare", "a.json", "b.json", "plain.json", "--control", SERIAL.id, "--format", "csv")
    assert 3 == done.code
    told = [(line["other"], line["member"]) for line in csv.DictReader(done.out.splitlines())]
    assert [("b.json", "pool"), ("b.json", "serial"), ("plain.json", ""), ("plain.json", "")] == sorted(told)


def test_units_are_shown_as_what_they_are(cli):
    """Bytes and counts in a table and as JSON, without the word time; unlike units of one benchmark are refused."""
    files = {"a.json": {"memory": "byte", "calls": "integer"}, "b.json": {"memory": "byte", "calls": "integer"}}
    files["c.json"] = {"memory": "second", "calls": "integer"}
    for number, (name, units) in enumerate(files.items()):
        entries = [
            {"metadata": {"name": key, "unit": unit}, "runs": [{"values": [2048.0 + number + i]} for i in range(8)]}
            for key, unit in units.items()
        ]
        Path(name).write_text(json.dumps({"version": "1.0", "metadata": {"loops": 1}, "benchmarks": entries}))
    done = cli("compare", "a.json", "b.json")
    assert 4 == done.code and "2.00 KiB" in done.out and "2,05" in done.out and "more time" not in done.out
    case = json.loads(cli("compare", "a.json", "b.json", "--format", "json").out)["cases"][0]
    assert ("byte", 2051.5, 2052.5, None) == tuple(case[key] for key in ("unit", "base_value", "other_value", "base_s"))
    done = cli("compare", "a.json", "c.json")
    assert 5 == done.code and "unit of memory" in done.out and "measured in one unit" in done.err


def test_the_largest_numbers_are_no_crash(cli):
    """1e308 and 1e-308 are listed with the reason, and what can be compared is."""
    for name, value in (("a.json", 1e308), ("b.json", 1e-308)):
        save_plain({"sort": times(), "huge": [value] * 8, "load": times()}, Path(name))
    for words in (("compare",), ("gate", "--records")):
        done = cli(*words, "a.json", "b.json", "--control", "load")
        assert done.code in (1, 4) and "holds the value 1e" in done.out
    save_plain({"huge": [1e308] * 8}, Path("a.json"))
    save_plain({"huge": [1e-308] * 8}, Path("b.json"))
    assert 1 == cli("compare", "a.json", "b.json").code
    assert 1 == cli("gate", "--records", "a.json", "b.json").code


def test_the_python_of_a_file_is_what_its_telling_benchmarks_agree_on(cli):
    """The first benchmark is silent, as in pyperformance's files; unlike Pythons get advice that works."""
    for name, version in (("a.json", "3.11.7 (64-bit)"), ("b.json", "3.12.1 (64-bit)")):
        told = {"python_version": version, "python_implementation": "cpython"}
        entries = [
            {"metadata": {"name": key, **more}, "runs": [{"values": [time]} for time in times()]}
            for key, more in (("silent", {}), ("sort", told), ("parse", told))
        ]
        Path(name).write_text(json.dumps({"version": "1.0", "metadata": {"loops": 1}, "benchmarks": entries}))
    done = cli("compare", "a.json", "b.json")
    assert 5 == done.code and "CPython 3.11.7" in done.out and "--by python" in done.err
    done = cli("compare", "a.json", "b.json", "--by", "python", "--format", "json")
    assert (0, ["alike"] * 3) == (done.code, [case["verdict"] for case in json.loads(done.out)["cases"]])


def test_advice_for_records_with_a_serial_loop_names_both_ways(cli):
    """Unlike machines: by machine, or in units of the serial loop; unlike machines and Pythons: only the latter."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times()}, machine={"cpu_model": "B"})
    controlled("c.json", {POOL: times()}, machine={"cpu_model": "B", "python_version": "3.14.0"})
    done = cli("compare", "a.json", "b.json")
    assert "--by machine" in done.err and "--normalise serial" in done.err
    done = cli("compare", "a.json", "c.json")
    assert "--by" not in done.err and "--normalise serial" in done.err
    assert 0 == cli("compare", "a.json", "c.json", "--normalise", "serial").code


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": "1.0", "bench', "no JSON, or truncated"),
        ("", "is empty"),
        ('{"results": []}', "no pyperf file"),
        ('{"version": "1.0", "benchmarks": []}', "holds no time to compare: it is empty"),
        ('{"version": "1.0", "benchmarks": [{"runs": 3}]}', "benchmarks[0].runs is 3; expected a list"),
    ],
)
def test_bad_files_are_one_line(cli, text, said):
    """Truncated, empty and foreign: exit code 1, one line with the file's name, nothing on stdout."""
    write("a.json", {POOL: times()})
    Path("bad.json").write_text(text)
    for words in (("a.json", "bad.json"), ("bad.json", "a.json")):
        done = cli("compare", *words)
        assert (1, "") == (done.code, done.out)
        assert 1 == len(done.err.strip().splitlines())
        assert "bad.json" in done.err and said in done.err


def test_failures_that_leave_nothing_to_compare(cli):
    """A record in which all failed, and two with no common case that worked: exit code 1, with the reason."""
    write("a.json", {POOL: times()})
    write("b.json", {}, failures={POOL: ("crashed", "why")})
    done = cli("compare", "a.json", "b.json")
    assert 1 == done.code and "b.json holds no time to compare: its 1 cases failed" in done.err
    write("c.json", {EXECUTOR: times()}, failures={POOL: ("crashed", "why")})
    done = cli("compare", "a.json", "c.json")
    assert (1, "") == (done.code, done.out)
    assert "no case has times on both sides" in done.err and "crashed: why" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a.json",), "one file cannot be compared by file"),
        (("a.json", "a.json"), "given twice"),
        (("a.json", "./a.json"), "given twice"),
        (("a.json", "link.json"), "given twice, as a.json and as link.json"),
        (("a.json", "--by", "membre"), "membre is no axis; did you mean member?"),
        (("a.json", "--by", "workers", "--normalise", "serial"), "--normalise is for files"),
        (("a.json", "b.json", "--base", "x"), "--base names a value"),
        (("a.json", "--by", "workers"), "at least two values"),
        (("a.json", "--by", "member", "--drift", "0.1"), "leave out --drift"),
        (("a.json", "--against", "b.json", "--by", "machine"), "--against names the other side"),
        (("a.json", "--against"), "requires an argument"),
        (("a.json", "b.json", "--control", "x"), "no serial loop of x"),
        (("a.json", "b.json", "--control", "x", "--normalise", "serial"), "Leave it out"),
        ((), "missing argument"),
    ],
)
def test_wrong_usage(cli, words, said):
    """Exit code 2 and a message that says what is possible."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times()})
    Path("link.json").symlink_to("a.json")
    done = cli("compare", *words)
    assert (2, "") == (done.code, done.out)
    assert said in done.err


def test_copies_of_one_measurement_are_warned_of(cli):
    """The same times under another name are no second measurement."""
    text = Path(controlled("a.json", {POOL: times()})).read_text()
    Path("b.json").write_text(text)
    done = cli("compare", "a.json", "b.json")
    assert 0 == done.code and "hold the same times" in done.err


def test_a_format_that_makes_no_sense_is_wrong_usage(cli):
    """Google Benchmark has no word for a ratio."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times()})
    done = cli("compare", "a.json", "b.json", "--format", "google-benchmark")
    assert (2, "") == (done.code, done.out) and "has nothing for the format google-benchmark" in done.err


def test_help_documents_the_exit_codes(cli):
    """Who reads --help knows what a script may test for."""
    text = cli("compare", "--help").out
    assert all(said in text for said in ("0 every case is ok", "3 regressed", "4 inconclusive", "5 not comparable"))


def test_markdown_also_goes_to_the_job_summary(cli, monkeypatch):
    """With GITHUB_STEP_SUMMARY set, Markdown is appended to that file; other formats are not."""
    write("a.json", {POOL: times()})
    write("b.json", {POOL: times()})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("before\n")
    done = cli("compare", "a.json", "b.json", "--format", "markdown")
    cli("compare", "a.json", "b.json")
    assert f"before\n{done.out}\n" == Path("summary.md").read_text()


def test_a_summary_that_cannot_be_written_is_a_warning(cli, monkeypatch):
    """The result is printed and the exit code stays: a full disk of the runner is not a regression."""
    controlled("a.json", {POOL: times()})
    controlled("b.json", {POOL: times()})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder.md")
    done = cli("compare", "a.json", "b.json", "--format", "markdown")
    assert 0 == done.code and "| pool |" in done.out and "cannot be written" in done.err
