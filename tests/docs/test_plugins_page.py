"""The package that the guide shows is built, installed into an environment of its own, and used as the guide says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.support import documents, installation

PAGE = documents.ROOT / "bench/guide/plugins.md"
# Where Ray is not installed this takes its place: what the guide's backend uses of it.
RAY = """
from concurrent.futures import ProcessPoolExecutor

_pools = []


def init(num_cpus, include_dashboard, logging_level):
    _pools.append(ProcessPoolExecutor(num_cpus))


def remote(max_retries):
    return _Remote


class _Remote:
    def __init__(self, function):
        self.function = function

    def remote(self, *args):
        return _pools[-1].submit(self.function, *args)


def get(futures):
    return [future.result() for future in futures]


def shutdown():
    _pools.pop().shutdown(cancel_futures=True)
"""


@pytest.fixture(scope="module")
def primebench(tmp_path_factory):
    """Build and install the package without a network; return what runs a command in that environment."""
    source = tmp_path_factory.mktemp("source")
    for name, text in documents.files(PAGE).items():
        (source / name).write_text(text)
    made = installation.install(tmp_path_factory.mktemp("environment") / "env")
    build = [sys.executable, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps", "--no-index"]
    quiet = {**os.environ, "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [*build, "--target", str(made.source), str(source)], capture_output=True, text=True, check=False, env=quiet
    )
    assert 0 == done.returncode, done.stderr
    if not find_spec("ray"):
        (made.source / "ray.py").write_text(RAY)
        about = made.source / "ray-2.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Name: ray\nVersion: 2.0\n")

    def run(*words, code=0):
        folder = tmp_path_factory.mktemp("folder")
        done = subprocess.run(
            [made.command, *words], capture_output=True, text=True, check=False, cwd=folder, env={"PATH": os.defpath}
        )
        assert code == done.returncode, done.stdout + done.stderr
        return done.stdout, folder

    return run


def test_it_is_listed_with_its_package(primebench):
    """Both members stand in the lists, with the package that brings them."""
    for kind, name in (("backends", "ray"), ("jobs", "digests")):
        entries = {entry["name"]: entry for entry in json.loads(primebench("list", kind, "--format", "json")[0])}
        assert ("primebench-extras", None) == (entries[name]["origin"], entries[name]["missing"])
        assert entries[name]["summary"]


def test_its_faults_keep_the_contract(primebench):
    """The backend passes what ours pass."""
    found = json.loads(primebench("check", "--faults", "--backend", "ray", "--format", "json")[0])
    assert {"kept"} == {row["contract"] for row in found["faults"]}
    assert 8 == len(found["faults"])


def test_the_commands_of_the_page_work(primebench):
    """Each is carried out, measuring but once; the record names both packages."""
    lines = [line for line in documents.commands(PAGE) if line.startswith("primebench ") and "--faults" not in line]
    assert 4 == len(lines)
    for line in lines:
        once = ["--rounds=1", "--values=1", "--min-time=1e-3"] if " run " in line else []
        _, folder = primebench(*line.split()[1:], *once)
    record = (folder / "digests.json").read_text()
    assert re.search(r'"primebench_library": ?"primebench-extras 1.0, ray \d', record)
