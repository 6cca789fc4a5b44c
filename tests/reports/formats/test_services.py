"""The formats that services read, held against their readers or their published shapes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bench.core import catalog
from bench.core.errors import NotComparable, NothingMeasured, UsageError
from bench.core.observation import Observation
from bench.core.record import Skip
from bench.reports.contrasts import contrast
from bench.reports.report import Report
from bench.reports.views.compare import compare, not_comparable
from bench.reports.views.show import show
from bench.samples import dataset, pairing
from tests.support.records import backend, record

SERIAL, POOL = backend("serial"), backend("pool", 4)
NAMES = SERIAL_NAME, POOL_NAME = "serial, 1 worker", "pool, 4 workers"
SIX = [1.0, 1.1, 1.2, 1.3, 1.5, 1.7]
FORMS = ["github-action-benchmark", "bencher", "google-benchmark", "junit"]


def render(form, report):
    """Return the report in a format."""
    return catalog.load("bench.reports.formats", form).render(report)


def shown():
    """Return the report of a record with six processes, one process, a failure and a skip."""
    return show(
        record(
            {SERIAL: 4.0, POOL: SIX},
            failures={backend("executor", 4): ("wrong-answer", 'found 3 & <not> "4"')},
            skips=[Skip(backend("threads", 4), "missing", "not here")],
        )
    )


def compared(factor=1.1):
    """Return the report of two records, the second slower by a factor."""
    base = [1 + i / 1000 for i in range(20)]
    datasets = [
        dataset.from_record(record({POOL: base, SERIAL: base}), "base.json"),
        dataset.from_record(record({POOL: [factor * time for time in base], SERIAL: base}), "other.json"),
    ]
    found = contrast(pairing.between("file", datasets))
    return compare(found, {one.name: one for one in datasets})


def test_github_action_benchmark_has_the_shape_that_extract_ts_asks_for():
    """A list of objects with name, value and unit, and optional texts range and extra (src/extract.ts)."""
    entries = json.loads(render("github-action-benchmark", shown()))
    assert [*NAMES] == [entry["name"] for entry in entries]
    assert all(isinstance(entry["value"], float) and isinstance(entry["unit"], str) for entry in entries)
    assert all(isinstance(entry.get(key, ""), str) for entry in entries for key in ("range", "extra"))
    assert ("s", 1.25, "1 .. 1.7") == (entries[1]["unit"], entries[1]["value"], entries[1]["range"])
    assert "range" not in entries[0]


def test_bencher_latency_is_in_nanoseconds_with_bounds():
    """Name -> latency -> value, lower_value, upper_value; 1.25 s are 1.25e9 ns (bencher.dev/bmf.json)."""
    found = json.loads(render("bencher", shown()))
    assert {"value": 1.25e9, "lower_value": 1e9, "upper_value": 1.7e9} == pytest.approx(found[POOL_NAME]["latency"])
    assert {"value": 4e9} == found[SERIAL_NAME]["latency"]


def test_comparison_is_followed_as_a_ratio():
    """10 % slower is the ratio 1.1 in both services, with its interval."""
    entry, _ = json.loads(render("github-action-benchmark", compared()))
    assert "ratio" == entry["unit"] and 1.1 == pytest.approx(entry["value"]) and "regressed" == entry["extra"]
    metric = json.loads(render("bencher", compared()))[POOL_NAME]["ratio"]
    assert 1.1 == pytest.approx(metric["value"])
    assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]


def test_google_benchmark_has_a_repetition_per_process():
    """All fields of an iteration entry, times in nanoseconds, threads from the workers."""
    data = json.loads(render("google-benchmark", shown()))
    context = {
        "date",
        "host_name",
        "executable",
        "num_cpus",
        "mhz_per_cpu",
        "cpu_scaling_enabled",
        "caches",
        "load_avg",
    }
    assert context | {"library_build_type", "json_schema_version"} <= data["context"].keys()
    runs = [entry for entry in data["benchmarks"] if entry["name"] == POOL_NAME]
    assert list(range(6)) == [entry["repetition_index"] for entry in runs]
    assert [pytest.approx(1e9 * time) for time in SIX] == [entry["real_time"] for entry in runs]
    assert {(6, 4, "iteration", "ns")} == {
        (entry["repetitions"], entry["threads"], entry["run_type"], entry["time_unit"]) for entry in runs
    }
    fields = {"run_name", "iterations", "cpu_time", "real_time"}
    assert all(fields <= entry.keys() for entry in runs)


def test_google_benchmark_has_cpu_time():
    """0.3 CPU seconds of an observed body are 3e8 ns, whatever the clock says; none where nothing was observed."""
    used = Observation(4, whole=False, called=0.0, answered=0.1, cpu_s=0.3)
    report = show(replace(record({SERIAL: 4.0, POOL: SIX}), observations={POOL.id: used}))
    entries = json.loads(render("google-benchmark", report))["benchmarks"]
    assert {SERIAL_NAME: 0.0, POOL_NAME: pytest.approx(3e8)} == {one["name"]: one["cpu_time"] for one in entries}


# --- JUnit --------------------------------------------------------------------------------------------------------


def outcomes(text):
    """Return the name of each test case with what happened to it, as junitparser reads it."""
    junitparser = pytest.importorskip("junitparser")
    suites = junitparser.JUnitXml.fromstring(text.encode())
    return {case.name: type(case.result[0]).__name__ if case.result else "passed" for suite in suites for case in suite}


def test_junit_of_a_record():
    """A time is passed, a wrong answer a failure, a missing backend skipped."""
    found = outcomes(render("junit", shown()))
    assert {
        SERIAL_NAME: "passed",
        POOL_NAME: "passed",
        "executor, 4 workers": "Failure",
        "threads, 4 workers": "Skipped",
    } == found


@pytest.mark.parametrize(("factor", "outcome"), [(1.1, "Failure"), (1.0, "passed"), (0.8, "passed"), (1.03, "Skipped")])
def test_junit_of_a_comparison(factor, outcome):
    """Regressed is a failure; equal and faster, and the control, have passed; what is open is skipped."""
    assert {POOL_NAME: outcome, SERIAL_NAME: "passed"} == outcomes(render("junit", compared(factor)))


def test_junit_counts_agree_with_its_cases():
    """The sums in the suite are those of its children, and the attributes that junit-10.xsd requires are there."""
    suite = ET.fromstring(render("junit", shown())).find("testsuite")
    assert ("4", "1", "0", "1") == tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped"))
    assert all(case.get("name") and case.get("classname") for case in suite)
    allowed = {  # of what is written here; the schema knows more
        "testsuite": {"name", "tests", "failures", "errors", "skipped"},
        "testcase": {"name", "classname"},
        "failure": {"type", "message"},
        "skipped": {"type", "message"},
    }
    assert all(set(element.keys()) <= allowed[element.tag] for element in suite.iter())
    assert suite.find("testcase/failure").get("message") == 'wrong-answer: found 3 & <not> "4"'


def test_junit_survives_what_xml_cannot_hold():
    """A control character in a message of a crash stays visible, and the file can be read."""
    made = record({}, failures={POOL: ("crashed", "\x1b[31mred\x00")})
    message = ET.fromstring(render("junit", show(made))).find("testsuite/testcase/failure").get("message")
    assert r"crashed: \x1b[31mred\x00" == message


def test_junit_of_files_that_are_not_comparable_is_one_failure():
    """The differing field is in its message."""
    text = render("junit", not_comparable({("a", "b"): {"CPU model": ("X", "Y")}}))
    assert {"comparable": "Failure"} == outcomes(text)
    assert "CPU model differs: X in a, Y in b" in text


# --- what makes no sense ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_report_of_something_else_is_wrong_usage(form):
    """A list of members has neither times nor verdicts: the error names the format and what it needs."""
    for data in ([{"name": "pool"}], {"cpu_model": "X"}, {"curves": []}):
        with pytest.raises(UsageError, match=f"--format {form} needs"):
            render(form, Report((), (), data))


@pytest.mark.parametrize("form", FORMS[:3])
def test_a_record_of_failures_has_no_number(form):
    """An empty list would be an error in the service, far from its cause."""
    made = record({}, failures={POOL: ("crashed", "why")})
    with pytest.raises(NothingMeasured):
        render(form, show(made))


@pytest.mark.parametrize("form", FORMS[:2])
def test_files_that_are_not_comparable_give_no_number(form):
    """The service must not see a gap, but a failed step."""
    with pytest.raises(NotComparable, match="CPU model differs"):
        render(form, not_comparable({("a", "b"): {"CPU model": ("X", "Y")}}))


@pytest.mark.parametrize("form", ["bencher", "github-action-benchmark", "junit"])
def test_a_case_that_two_files_hold_has_a_name_for_each(form):
    """Each file is compared with its own serial loop: two ratios of one case, told apart by the files' names."""
    datasets = [dataset.from_record(record({SERIAL: SIX, POOL: SIX}), name) for name in ("a.json", "b.json")]
    found = [pairing.within("member", one, "serial") for one in datasets]
    pairs = contrast(pairing.Pairing("member", tuple(pair for one in found for pair in one.pairs), ()))
    text = render(form, compare(pairs, {one.name: one for one in datasets}))
    names = [f"{POOL_NAME} (pool / serial, {name})" for name in ("a.json", "b.json")]
    if form == "bencher":
        assert names == [*json.loads(text)]
    elif form == "junit":
        assert names == [case.get("name") for case in ET.fromstring(text.encode()).iter("testcase")]
    else:
        assert names == [one["name"] for one in json.loads(text)]
