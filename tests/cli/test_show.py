"""primebench show: what is refused, and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def record(cli, launch):
    """A record of serial, ceiling and pool."""
    cli("run", "--backend", "pool", "-o", "r.json")
    return Path("r.json")


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_every_format_holds_the_members(cli, record, form):
    """Whatever the format, each member is in it."""
    done = cli("show", "r.json", "--format", form)
    assert 0 == done.code
    assert all(member in done.out for member in ("serial", "ceiling", "pool"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], "truncated"),
        (lambda text: "[1, 2]", "no pyperf file"),
        (lambda text: "", "is empty"),
        (lambda text: text.replace('"schema": 2', '"schema": 99'), "has schema 99"),
        (lambda text: text.replace('"rounds"', '"bounds"'), "damaged"),
        (lambda text: text.replace('"member": "pool"', '"member": "pond"'), "damaged"),
    ],
)
def test_damaged_file_is_one_line(cli, record, damage, said):
    """A file that is no record ends with exit code 1 and one line that names file and reason; no traceback."""
    Path("bad.json").write_text(damage(record.read_text()))
    done = cli("show", "bad.json")
    assert 1 == done.code
    assert 1 == len(done.err.strip().splitlines())
    assert "bad.json" in done.err
    assert said in done.err


def test_missing_file_is_one_line(cli):
    """A file that is not there is said with its name."""
    done = cli("show", "nowhere.json")
    assert 1 == done.code
    assert "nowhere.json: No such file or directory" in done.err


def test_unknown_format_is_wrong_usage(cli, record):
    """A format that no file provides ends with exit code 2."""
    assert 2 == cli("show", "r.json", "--format", "docx").code


def test_a_plain_pyperf_file_is_shown_in_its_own_units(cli):
    """Seconds, bytes, counts and the largest number there is, each as what it is; the Python is told by one of them."""
    told = {"python_version": "3.12.1", "python_implementation": "cpython"}
    entries = {
        "sort": ("second", [[0.002, 0.001], [0.003, 0.004]], told),
        "memory": ("byte", [[1536.0 * 1024], [1536.0 * 1024]], {}),
        "calls": ("integer", [[1200.0], [1300.0]], {}),
        "long": ("second", [[1e308], [1.2e308]], {}),
    }
    benchmarks = [
        {"metadata": {"name": name, "unit": unit, "loops": 1, **told}, "runs": [{"values": row} for row in rows]}
        for name, (unit, rows, told) in entries.items()
    ]
    Path("p.json").write_text(json.dumps({"version": "1.0", "metadata": {}, "benchmarks": benchmarks}))
    done = cli("show", "p.json")
    assert 0 == done.code
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.strip()}
    assert "1.00 ms" in rows["sort"] and "2.50 ms" in rows["sort"] and "1.50 MiB" in rows["memory"]
    assert "1,250" in rows["calls"] and "1.1e+308 s" in rows["long"]
    assert "Python: CPython 3.12.1" in done.out
    cases = {case["id"]: case for case in json.loads(cli("show", "p.json", "--format", "json").out)["cases"]}
    assert (None, 0.002) == (cases["memory"]["typical_s"], cases["sort"]["typical_s"])
    assert 1 + 10 == len(cli("show", "p.json", "--format", "csv").out.splitlines())
