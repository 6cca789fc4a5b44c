"""primebench machine."""

from __future__ import annotations

import json
import os
import re


def test_json_has_the_usable_cpus(cli):
    """usable_cpus is at most the number of CPUs that this process may run on."""
    data = json.loads(cli("machine", "--format", "json").out)
    assert 0 < data["usable_cpus"] <= len(os.sched_getaffinity(0))
    assert isinstance(data["advice"], list)


def test_restriction_is_seen(cli, monkeypatch):
    """PYTHON_CPU_COUNT=1 leaves one usable CPU, and the advice says so where there are more."""
    monkeypatch.setenv("PYTHON_CPU_COUNT", "1")
    data = json.loads(cli("machine", "--format", "json").out)
    assert 1 == data["usable_cpus"]
    assert 1 == data["python_cpu_count"]


def test_values_have_units(cli):
    """Whoever reads the table need not guess what a number counts."""
    lines = dict(line.split("  ", 1) for line in cli("machine").out.splitlines() if "  " in line)
    assert re.fullmatch(r"\s*\d+\.\d\d runnable tasks, averaged over a minute\s*", lines["load"])
    assert re.fullmatch(r"\s*[\d.]+ [KMG]iB\s*", lines["memory"])
