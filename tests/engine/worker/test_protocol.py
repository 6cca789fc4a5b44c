"""Calibration, warm-ups and values, beside pyperf's own workers."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.engine.worker.options import Options
from bench.engine.worker.protocol import measure

# A body whose first run is slow, and a clock that tells it: seconds of so many loops, by how often it was asked.
CLOCK = "lambda loops, asked=iter(range(999)): loops * 2**-9 * (4 if next(asked) == 0 else 1)"
PYPERF = f"""
import pyperf, sys
runner = pyperf.Runner()
runner.bench_time_func("one", {CLOCK}, inner_loops=4)
"""
EXPECTED_KEYS = {"loops", "inner_loops", "unit", "date", "duration", "load_avg_1min", "mem_max_rss", "uptime"}


def options(*words):
    """Return options as the command line gives them."""
    return Options.read([*words, "--min-time=0.02", "--output=none"])


def of_pyperf(tmp_path, *words):
    """Return the only run of a worker of pyperf's."""
    program = tmp_path / "program.py"
    program.write_text(PYPERF)
    command = [sys.executable, str(program), "--worker", "--pipe=1", "--min-time=0.02", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    data = json.loads(done.stdout)
    (run,) = data["benchmarks"][0]["runs"]
    return {**run, "metadata": {**data["metadata"], **run.get("metadata", {})}}


def test_calibration_is_that_of_pyperf(tmp_path):
    """The tries, and the loops they lead to, are those of pyperf where it takes one warm-up and one value."""
    expected = of_pyperf(tmp_path, "--calibrate-loops", "--warmups=1", "--values=1")
    found = measure(eval(CLOCK), 4, options("--values=3", "--warmups=1"))[0]
    assert expected["warmups"] == [list(one) for one in found["warmups"]]
    assert expected["metadata"]["calibrate_loops"] == found["metadata"]["calibrate_loops"] == 16
    assert "values" not in found


def test_values_are_those_of_pyperf(tmp_path):
    """Warm-ups and values of known loops are those of pyperf."""
    expected = of_pyperf(tmp_path, "--loops=8", "--warmups=2", "--values=3")
    (found,) = measure(eval(CLOCK), 4, options("--loops=8", "--values=3", "--warmups=2"))
    assert expected["values"] == found["values"]
    assert expected["warmups"] == [list(one) for one in found["warmups"]]
    assert {expected["metadata"][key] == found["metadata"][key] for key in ("loops", "inner_loops", "unit")} == {True}


def test_a_run_tells_of_its_moment(tmp_path):
    """What pyperf tells of the moment and of the process is told under the same names and types."""
    expected = of_pyperf(tmp_path, "--loops=8", "--warmups=0", "--values=1")["metadata"]
    (found,) = measure(eval(CLOCK), 4, options("--loops=8", "--values=1", "--warmups=0"))
    kinds = {key: type(value) for key, value in found["metadata"].items()}
    assert {key: type(expected[key]) for key in EXPECTED_KEYS & set(expected)}.items() <= kinds.items()
    assert "warmups" not in found


@pytest.mark.parametrize("words", [("--loops=1",), ()])
def test_a_body_without_time_is_an_error(words):
    """A clock that stands still gives no value, however many loops are tried."""
    with pytest.raises(ValueError, match="no time|loops take 0 s"):
        measure(lambda _loops: 0.0, 1, options("--values=1", "--warmups=0", *words))


@pytest.mark.parametrize(("warmups", "left"), [(0, 0), (1, 0), (2, 0), (3, 1)])
def test_calibration_warms_up(warmups, left):
    """Two bodies of it had the loops of the values, sixteen: so many warm-ups fewer, and as many values as ever."""
    calibration, found = measure(eval(CLOCK), 4, options("--values=3", f"--warmups={warmups}"))
    assert [loops for loops, _ in calibration["warmups"]].count(16) == 2
    assert (len(found.get("warmups", ())), len(found["values"])) == (left, 3)
