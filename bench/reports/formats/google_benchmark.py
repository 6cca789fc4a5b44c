"""JSON of Google Benchmark, which compare.py, benchstats and several services read: a repetition per process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.errors import NothingMeasured
from bench.reports.formats._json import dumps
from bench.reports.measures import cases_of, unfit
from bench.reports.naming import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reports.report import Report

NAME = "google-benchmark"
_NANOSECONDS = 1e9


def render(report: Report) -> str:
    """Return context and benchmarks as JSON, without a newline at the end.

    A repetition is a process and its time the least of its values; threads are the workers. ``cpu_time`` is the CPU
    time of all processes in the body that was observed once behind the values, so that it is the same in every
    repetition; 0 where nothing was observed, for readers ask for the field.

    Raises:
        UsageError: the report is not that of a record.
        NothingMeasured: no case has a time.

    Source: Google Benchmark, docs/tools.md and src/json_reporter.cc.
    """
    cases = [case for case in cases_of(report) if "minima_s" in case]
    machine = report.data.get("machine") if isinstance(report.data, dict) else None
    if machine is None or not cases:
        raise unfit(NAME, "the times of one record, as show and run have")
    names = short(cases)
    entries = [entry for index, case in enumerate(cases) for entry in _repetitions(index, case, names[case["id"]])]
    if not entries:
        raise NothingMeasured(f"no case has a time for --format {NAME}; --format text shows why.")
    whole = {"context": _context(machine, report.data["started_at"]), "benchmarks": entries}
    return dumps(whole)


def _context(machine: Mapping[str, Any], started_at: str) -> dict[str, Any]:
    return {
        "date": started_at,
        "host_name": machine["host_name"] or "",
        "executable": "primebench",
        "num_cpus": machine["logical_cpus"],
        "mhz_per_cpu": 0,  # not known: it changes while one measures
        "cpu_scaling_enabled": machine["governor"] not in (None, "performance"),
        "caches": [],
        "load_avg": [],
        "library_build_type": "release",
        "json_schema_version": 1,
        "usable_cpus": machine["usable_cpus"],
        "cpu_model": machine["cpu_model"] or "",
        "python": f"{machine['python_implementation']} {machine['python_version']}",
    }


def _repetitions(index: int, case: Mapping[str, Any], name: str) -> Sequence[dict[str, Any]]:
    workers = case["params"].get("workers")
    minima = case["minima_s"]
    return [
        {
            "name": name,
            "family_index": index,
            "per_family_instance_index": 0,
            "run_name": name,
            "run_type": "iteration",
            "repetitions": len(minima),
            "repetition_index": repetition,
            "threads": workers if isinstance(workers, int) else 1,
            "iterations": 1,
            "real_time": seconds * _NANOSECONDS,
            "cpu_time": (case["cpu_s"] or 0.0) * _NANOSECONDS,
            "time_unit": "ns",
        }
        for repetition, seconds in enumerate(minima)
    ]
