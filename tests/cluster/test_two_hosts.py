"""Tests of a cluster whose scheduler and one worker are here, and the other worker there: on two hosts, with TLS."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import bench
from bench.core.version import VERSION
from tests.cluster.conftest import BARE, PRIMEBENCH, ip, scheduler, tls, worker

pytest.importorskip("distributed")

ROOT = Path(bench.__file__).parents[1]
NAP = """
import os, pathlib, time

def nap(number):
    if "NAPS" in os.environ:  # as the workers of the cluster have it
        pathlib.Path(os.environ["NAPS"], str(number)).touch()
        time.sleep(0.2)
    return -number
"""
ONCE = ["--rounds", "1", "--values", "1", "--warmups", "0", "--min-time", "0.001", "--workload", "1000:1500"]


@pytest.fixture
def cluster(two_hosts, certificates, tmp_path):
    """Return both hosts, the address, the worker there, the scheduler, and a folder for notes of tasks."""
    here, there = two_hosts
    address = f"tls://{here.address}:8786"
    naps = tmp_path / "naps"
    naps.mkdir()
    options = tls(certificates[0], "--tls-ca-file")
    with ExitStack() as stack:
        gone = stack.enter_context(scheduler(here, tmp_path / "scheduler", *options))
        stack.enter_context(worker(here, address, tmp_path / "here", *options, environ={"NAPS": str(naps)}))
        far = stack.enter_context(worker(there, address, tmp_path / "there", *options, environ={"NAPS": str(naps)}))
        yield here, there, address, far, gone, naps


def start(host, *words, **options):
    """Start primebench on a host."""
    return host.start(PRIMEBENCH, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def run(host, *words, **options):
    """Run primebench on a host; return exit code, stdout and stderr."""
    with start(host, *words, **options) as process:
        out, err = process.communicate()
    return process.returncode, out, err


def test_a_run_and_a_wrong_certificate(cluster, certificates, tmp_path):
    """A run on both hosts is right, and its record names the other machine; strangers are refused in one line."""
    here, _there, address, *_ = cluster
    run_it = ["run", "--backend", "dask", "--workers", "2", *ONCE, "--scheduler", address, "-o", tmp_path / "a.json"]
    code, out, err = run(here, *run_it, *tls(certificates[0]))
    assert code == 0, out + err
    assert "not encrypted" not in err
    head = json.loads((tmp_path / "a.json").read_text())["primebench"]
    assert [2, True, address] == [head["cluster"][name] for name in ("workers", "encrypted", "scheduler")]
    assert len(head["hosts"]) == 2 and head["hosts"][1]["libraries"]["numpy"]
    code, out, err = run(here, *run_it, "--force", *tls(certificates[1]))
    assert (1, "", 1) == (code, out, len(err.splitlines()))
    assert "TLS fails" in err


def napping(cluster, certificates, tmp_path, count):
    """Start a check of a function that takes its time; return once it is under way."""
    here, _, address, _, _, naps = cluster
    (tmp_path / "naps.py").write_text(NAP)
    process = start(
        here,
        *["check", "--backend", "dask", "--workers", "2", "--function", "naps:nap", "--items", f"range({count})"],
        *["--chunksize", "1", "--timeout", "60", "--scheduler", address, *tls(certificates[0])],
        cwd=tmp_path,
    )
    end = time.monotonic() + 60
    while len(list(naps.iterdir())) < 4:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.02)
    return process


def test_a_killed_worker(cluster, certificates, tmp_path):
    """A worker that dies while it is measured ends the case at once, and nothing else."""
    with napping(cluster, certificates, tmp_path, 40) as process:
        cluster[3].kill()
        out, err = process.communicate()
    assert (1, True) == (process.returncode, "has gone before it had answered" in out), out + err
    assert "naps (" in err and "is sent to the workers" in err


def test_a_link_that_is_down_for_ten_seconds(cluster, certificates, tmp_path):
    """A host that cannot be reached for ten seconds delays the answer, which is right."""
    there = cluster[1]
    with napping(cluster, certificates, tmp_path, 20) as process:
        ip("-n", there.name, "link", "set", "veth", "down")
        time.sleep(10)
        assert process.poll() is None
        ip("-n", there.name, "link", "set", "veth", "up")
        out, err = process.communicate()
    assert process.returncode == 0, out + err


def test_the_scheduler_goes(cluster, certificates, tmp_path):
    """Without its scheduler the case has failed, which the row says in a line."""
    with napping(cluster, certificates, tmp_path, 40) as process:
        cluster[4].kill()
        out, err = process.communicate()
    assert (1, True) == (process.returncode, "the scheduler has gone" in out), out + err
    assert "Traceback" not in err


def test_sides_without_primebench_and_with_another(two_hosts, tmp_path):
    """What a side lacks is sent and taken back, another version is refused, with both named; that TLS lacks is said."""
    here, there = two_hosts
    address = f"tcp://{here.address}:8786"
    bare = {"python": (sys.executable, "-S"), "environ": BARE}
    check = ["check", "--backend", "dask", "--workers", "1", "--scheduler", address]
    with ExitStack() as stack:
        stack.enter_context(scheduler(here, tmp_path / "scheduler", protocol="tcp", **bare))
        with worker(there, address, tmp_path / "there", **bare):
            code, out, err = run(here, *check)
            assert code == 0, out + err
            assert "is not encrypted" in err and "primebench (" in err and "removed at the end" in err
            left = [path.name for name in ("scheduler", "there") for path in (tmp_path / name).rglob("primebench-*")]
            assert [] == left
        other = tmp_path / "other"
        for name in ("bench", "primes"):
            shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
        (other / "bench/core/version.py").write_text('VERSION = "0.0.7"\n')
        environ = {"PYTHONPATH": f"{other}:{BARE['PYTHONPATH']}"}
        stack.enter_context(worker(there, address, tmp_path / "then", python=bare["python"], environ=environ))
        code, out, err = run(here, *check)
    assert (1, "") == (code, out)
    assert "has primebench 0.0.7" in err and f"this is {VERSION}" in err
    assert len(err.splitlines()) == 1
