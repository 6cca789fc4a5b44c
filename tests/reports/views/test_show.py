"""The view of one record."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scipy import stats

from bench.core.observation import Observation, Unseen
from bench.core.record import Skip
from bench.reports.views.show import show
from tests.support.records import backend, record

SERIAL, CEILING, POOL = backend("serial"), backend("ceiling", 4), backend("pool", 4)


def table(report, number=0):
    """Return a table as one dict per row."""
    found = report.tables[number]
    return [dict(zip(found.head, row, strict=True)) for row in found.texts]


def test_what_does_not_vary_is_said_once():
    """One start method is in the heading; two worker counts are a column."""
    report = show(record({backend("pool", 2): 1.0, backend("pool", 4): 0.5}))
    assert "start fork" in report.heading[1] and "workers" not in report.heading[1]
    assert ["2", "4"] == [row["workers"] for row in table(report)]
    assert "start" not in table(report)[0]


def test_cases_that_differ_by_none_are_told_apart():
    """Workers that are replaced after ten tasks and workers that never are: a column, and not the same for all."""
    cases = {backend("pool", 2, tasks_per_child=limit): seconds for limit, seconds in (("none", 1.0), (10, 2.0))}
    report = show(record(cases))
    assert ["-", "10"] == [row["tasks_per_child"] for row in table(report)]
    assert "tasks_per_child" not in report.heading[1]


def test_what_a_phase_has_not_needs_no_column():
    """Opening a crew has no workload, but the phase tells both rows apart already."""
    cases = {backend("pool", 2, phase="whole"): 1.0, backend("pool", 2, phase="open", workload="none"): 2.0}
    report = show(record(cases, references=False))
    assert "phase" in table(report)[0] and "workload" not in table(report)[0]


def test_heading_names_the_machine_and_the_patch_version():
    """CPU model, usable CPUs as a fraction, implementation and full version."""
    report = show(record({POOL: 1.0}, machine={"usable_cpus": 2.5, "gil": False}))
    assert "Model A, 2.5 usable CPUs, CPython 3.11.7, free-threaded, Linux 6.1" == report.heading[0]


def test_cpu_and_memory_stand_in_the_row_of_an_observed_case():
    """0.3 CPU seconds of 4 workers in 0.1 s are 75 %; 3.5 MiB; a case that was not observed has dashes."""
    used = Observation(4, whole=False, called=0.0, answered=0.1, cpu_s=0.3, memory_bytes=3_670_016)
    taken = record({SERIAL: 0.8, POOL: 0.25})
    report = show(replace(taken, observations={POOL.id: used}))
    serial, pool = table(report)
    assert ("75 %", "3.50 MiB") == (pool["cpu"], pool["memory"])
    assert ("-", "-") == (serial["cpu"], serial["memory"])
    data = {case["member"]: case for case in report.data["cases"]}
    assert (pytest.approx(0.75), 3_670_016) == (data["pool"]["cpu"], data["pool"]["memory_bytes"])
    assert (None, None) == (data["serial"]["cpu"], data["serial"]["memory_bytes"])
    head, _ = report.tidy
    assert {"cpu", "memory_bytes"} < set(head)
    assert "cpu" not in table(show(taken))[0]


def test_why_cpu_and_memory_are_missing_stands_with_the_dash():
    """The observed body crashed; the times did not."""
    lost = Observation(4, whole=False, missing=(Unseen("all", "crashed"),))
    (pool,) = table(show(replace(record({POOL: 0.25}, references=False), observations={POOL.id: lost})))
    assert "-: the observed body failed" == pool["cpu"] == pool["memory"]
    assert "250 ms" == pool["time"]


def test_times_and_ratios_are_formatted():
    """Three significant digits with a unit, percent without decimals, speed-up with two."""
    rows = {row["backend"]: row for row in table(show(record({SERIAL: 0.8, CEILING: 0.2, POOL: [0.25, 0.25]})))}
    pool = rows["pool"]
    assert ("250 ms", "0 %") == (pool["time"], pool["spread"])
    assert ("3.20", "80 %", "80 %") == (pool["speed-up"], pool["efficiency"], pool["of ceiling"])
    assert "-" == rows["serial"]["of ceiling"]


def test_a_printed_speedup_is_the_quotient_of_printed_times():
    """Serial minima 1.0, 1.2, 2.0 s and pool minima 0.3, 0.5, 0.55 s: 1.2 s over 500 ms is 2.40, as the table says."""
    made = record({SERIAL: [[1.0, 5.0], [1.2, 1.3], [2.0, 2.0]], POOL: [[0.3, 0.9], [0.5, 0.6], [0.55, 0.8]]})
    rows = {row["backend"]: row for row in table(show(made))}
    assert ("1.20 s", "500 ms", "2.40") == (rows["serial"]["time"], rows["pool"]["time"], rows["pool"]["speed-up"])


def test_a_row_in_doubt_says_why_where_it_stands():
    """Processes 100 % apart: the reason is in the row, and no sentence is drawn from it."""
    report = show(record({SERIAL: 8.0, POOL: [1.0, 2.0, 3.0, 4.0, 5.0]}))
    rows = {row["backend"]: row for row in table(report)}
    assert ("", "processes 67 % apart") == tuple(rows[name]["in doubt"] for name in ("serial", "pool"))
    assert ("1 of 2 rows are in doubt; no conclusion is drawn from them.",) == report.notes
    assert ["processes 67 % apart"] == report.data["cases"][1]["doubts"]


@pytest.mark.parametrize(
    ("value", "shown"), [(2, "2"), (2.5, "2.5"), (0.85194, "0.8519"), (85970.5, "85,970"), (121853, "121,853")]
)
def test_facts_are_written_without_powers_of_ten(value, shown):
    """Counts have commas whether or not the median over an even number of processes is a whole one."""
    made = record({POOL: 1.0})
    made.results[POOL.id].processes[0].metadata["primebench_backends_count"] = value
    assert shown == table(show(made))[0]["count"]


def test_what_one_member_alone_tells_is_data_and_no_column():
    """The batches of joblib widen no table of all backends; scripts and spreadsheets find them."""
    joblib = backend("joblib", 4)
    made = record({POOL: 1.0, joblib: 1.0})
    made.results[joblib.id].processes[0].metadata["primebench_joblib_batch_sizes"] = "1x4 2x8"
    report = show(made)
    assert not [column for column in table(report)[0] if "batch" in column]
    assert [{}, {"joblib_batch_sizes": "1x4 2x8"}] == [case["facts"] for case in report.data["cases"]]
    head, rows = report.tidy
    assert ["", "1x4 2x8"] == [row[head.index("joblib_batch_sizes")] for row in rows]


def test_status_column_only_where_something_failed():
    """A sound record has no such column; a failed case shows its kind and message."""
    assert "status" not in table(show(record({POOL: 1.0})))[0]
    rows = table(show(record({SERIAL: 1.0}, failures={POOL: ("timed-out", "no answer in 60 s")})))
    assert "timed-out: no answer in 60 s" == rows[1]["status"]


def test_a_skip_does_not_make_an_axis_vary():
    """A combination that was never run adds a row, but no column."""
    skip = Skip(backend("pool", 64), "skipped", "makes no sense")
    rows = table(show(record({POOL: 1.0}, skips=[skip])))
    assert "workers" not in rows[0] and "skipped: makes no sense" == rows[1]["status"]


def test_oversubscribed_workers_have_a_star():
    """The number is marked, and a sentence says why."""
    made = record({backend("pool", 2): 1.0, backend("pool", 16): 1.0})
    assert ["2", "16 *"] == [row["workers"] for row in table(show(made))]


def test_each_family_has_its_own_table():
    """Families are not mixed in one table, and their columns do not leak."""
    from bench.core.case import Case

    channel = Case.of("channels", "pipe", {"size": 64})
    report = show(record({POOL: 1.0, channel: 0.001}))
    assert ["backend", "channel"] == [found.head[0] for found in report.tables]


def test_data_holds_what_programs_need():
    """Machine, start, and per case id, state, times, ratios and reason."""
    data = show(record({SERIAL: 8.0, POOL: [2.5, 2.0]}, failures={CEILING: ("crashed", "why")})).data
    assert "Model A" == data["machine"]["cpu_model"]
    pool = next(case for case in data["cases"] if case["member"] == "pool")
    assert (POOL.id, "ok", 2.0, 2.25, 2) == tuple(
        pool[key] for key in ("id", "status", "min_s", "typical_s", "processes")
    )
    assert [2.5, 2.0] == pool["minima_s"]
    ceiling = next(case for case in data["cases"] if case["member"] == "ceiling")
    assert ("crashed", "why", None) == (ceiling["status"], ceiling["reason"], ceiling["typical_s"])


def test_interval_of_a_time_is_the_exact_signed_rank_interval():
    """With 6 processes it spans least to most, since 2 / 2**6 = 3.1 % is the only tail below 5 %; with 5 there is none.

    The tail probability is scipy's.
    """
    times = [1.0, 1.1, 1.2, 1.3, 1.5, 1.7]
    six = show(record({POOL: times})).data["cases"][0]
    assert (1.0, 1.7) == pytest.approx((six["low_s"], six["high_s"]))
    assert 2 / 2**6 == pytest.approx(stats.wilcoxon([math.log(time) for time in [1.01, *times[1:]]]).pvalue)
    five = show(record({POOL: times[:5]})).data["cases"][0]
    assert five["low_s"] is None and five["high_s"] is None


def test_tidy_has_one_row_per_value():
    """Two processes of two values are four rows, each with process, number of the value and seconds."""
    head, rows = show(record({POOL: [[1.0, 2.0], [3.0, 4.0]]})).tidy
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 3.0), (1, 1, 4.0)] == [
        (line["process"], line["value"], line["seconds"]) for line in lines
    ]
    assert {"pool"} == {line["member"] for line in lines} and {4} == {line["workers"] for line in lines}


def test_tidy_has_a_row_for_what_has_no_value():
    """A case that crashed is one row with its kind and its reason, and no number in place of seconds."""
    head, rows = show(record({SERIAL: 1.0}, failures={POOL: ("crashed", "no memory left")})).tidy
    lines = {line["member"]: line for line in (dict(zip(head, row, strict=True)) for row in rows)}
    assert (1.0, "ok", "") == tuple(lines["serial"][key] for key in ("seconds", "status", "reason"))
    assert ("", "crashed", "no memory left") == tuple(lines["pool"][key] for key in ("seconds", "status", "reason"))


def test_empty_record_is_a_report_without_tables():
    """A record without cases is shown, not a crash."""
    report = show(record({}))
    assert () == report.tables and [] == report.data["cases"]
