"""What CONTRIBUTING.md shows works as shown."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.core.record import Result
from bench.store import record_file

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()


@pytest.fixture(scope="module")
def with_example(tmp_path_factory):
    """A copy of the project to which the backend of the document was added as one file."""
    copy = tmp_path_factory.mktemp("copy")
    for package in ("bench", "primes"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    part = TEXT.split("## Adding a backend", 1)[1]
    (copy / re.search(r"`(bench/families/backends/\w+\.py)`:", part)[1]).write_text(
        re.search(r"```python\n(.*?)```", part, re.DOTALL)[1]
    )
    return copy


def test_rules_are_tuned_in_one_place():
    """As the document says, no line of code switches a rule of ruff off for itself."""
    files = [path for folder in ("bench", "primes", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 300
    switch = re.compile(r"#\s*(?:ruff: ?)?no" + "qa", re.IGNORECASE)
    assert [str(path.relative_to(ROOT)) for path in files if switch.search(path.read_text())] == []


def primebench(folder, *arguments):
    """Run the copy's primebench."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_example_is_listed(with_example):
    """One new file is a new member, listed with the first line of its docstring."""
    done = primebench(with_example, "list", "backends", "--format", "json")
    listed = {entry["name"]: entry for entry in json.loads(done.stdout)}
    assert listed["pool-map-async"]["missing"] is None
    assert listed["pool-map-async"]["summary"].startswith("multiprocessing.Pool.map_async: ")


def test_the_example_is_right(with_example):
    """The new member's answers are verified like all others."""
    done = primebench(with_example, "check", "--backend", "pool-map-async", "--workload", "textbook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pool-map-async" in done.stdout


def test_the_example_is_measured(with_example, tmp_path):
    """The new member is measured and recorded beside the references."""
    output = tmp_path / "example.json"
    effort = "--rounds 1 --values 1 --warmups 0 --min-time 0.001"
    done = primebench(
        with_example,
        *shlex.split(f"run --backend pool-map-async --workload textbook {effort} --output {shlex.quote(str(output))}"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = record_file.load(output).results.values()
    assert {"serial", "ceiling", "pool-map-async"} == {result.case.member for result in results}
    assert all(isinstance(result, Result) and result.samples for result in results)
