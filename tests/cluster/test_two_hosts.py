"""Tests of a cluster whose scheduler and one worker are here, and the other worker there: on two hosts, with TLS."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

import bench
from bench.core.start import command as start_command
from bench.core.version import VERSION
from tests.cluster.conftest import BARE, PRIMEBENCH, tls
from tests.support.hosts import Host, ip, scheduler, worker
from tests.support.skips import need

need("distributed")

ROOT = Path(bench.__file__).parents[1]
NAP = """
import os, pathlib, time

def nap(number):
    if "NAPS" in os.environ:  # as the workers of the cluster have it
        pathlib.Path(os.environ["NAPS"], str(number)).touch()
        time.sleep(0.2)
    return -number
"""
SLOW = """
import os, pathlib, time
from primes.kernels import sieve

def flags(lo, hi):
    if not pathlib.Path(os.environ["NAPS"], "enough").exists():
        time.sleep((hi - lo) / 5e6)
    return sieve.flags(lo, hi)
"""
HERE_ONLY = """
import os

def missing():
    return "it is here only." if "NAPS" in os.environ else None

def is_prime(number):
    return number in (2, 3, 5, 7)
"""
SEARCHED, PRIMES = 3 * 10**8, 16252325  # counted with primesieve 11.0
ONCE = ["--rounds", "1", "--values", "1", "--warmups", "0", "--min-time", "0.001", "--workload", "1000:1500"]


@dataclass(frozen=True)
class Cluster:
    """What a test needs to know of a cluster.

    Attributes:
        host: where primebench is started.
        address: of the scheduler.
        naps: a folder for notes of tasks.
    """

    host: Host
    address: str
    naps: Path


@pytest.fixture(scope="module")
def half(two_hosts, certificates, tmp_path_factory):
    """A cluster whose only worker is here."""
    with here(two_hosts[0], 8786, certificates[0], tmp_path_factory.mktemp("half")) as (cluster, _):
        yield cluster


@contextmanager
def here(host, port, folder, place):
    """Run a scheduler and a worker with these certificates; yield the cluster and the scheduler."""
    cluster = Cluster(host, f"tls://{host.address}:{port}", place / "naps")
    cluster.naps.mkdir()
    options = tls(folder, "--tls-ca-file")
    environ = {"NAPS": str(cluster.naps)}
    with (
        scheduler(host, place / "scheduler", "--port", str(port), *options) as process,
        worker(host, cluster.address, place / "here", *options, environ=environ),
    ):
        yield cluster, process


@pytest.fixture
def there(half, two_hosts, certificates, tmp_path):
    """The process of another worker of that cluster, which is there."""
    for nap in half.naps.iterdir():
        nap.unlink()
    options = tls(certificates[0], "--tls-ca-file")
    environ = {"NAPS": str(half.naps)}
    with worker(two_hosts[1], half.address, tmp_path / "there", *options, environ=environ) as process:
        yield process


def start(host, *words, **options):
    """Start primebench on a host."""
    return host.start(PRIMEBENCH, *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def run(host, *words, **options):
    """Run primebench on a host; return exit code, stdout and stderr."""
    with start(host, *words, **options) as process:
        out, err = process.communicate()
    return process.returncode, out, err


@pytest.mark.usefixtures("there")
def test_a_run_and_a_wrong_certificate(half, certificates, tmp_path):
    """A run on both hosts is right, and its record names the other machine; strangers are refused in one line."""
    place = ["--scheduler", half.address, "-o", tmp_path / "a.json"]
    run_it = ["run", "--backend", "dask", "--workers", "2", *ONCE, *place]
    code, out, err = run(half.host, *run_it, *tls(certificates[0]))
    assert code == 0, out + err
    assert "not encrypted" not in err
    measured = json.loads((tmp_path / "a.json").read_text())
    head = measured["primebench"]
    assert [2, True, half.address] == [head["cluster"][name] for name in ("workers", "encrypted", "scheduler")]
    assert len(head["hosts"]) == 2 and head["hosts"][1]["libraries"]["numpy"]
    (dask,) = [key for key in head["plan"]["references"] if key.startswith("backends/dask ")]
    limit = head["plan"]["references"][dask]["limit"]
    times = {one["metadata"]["name"]: one["runs"] for one in measured["benchmarks"]}
    assert "start=hosts" in limit and times[limit]  # of copies on both hosts
    assert "The ceiling of what ran there is that of the same workers" in " ".join(out.split())
    search = ["search", "0", "1e6", "--backend", "dask", *place[:2]]
    for words in ([*run_it, "--force"], search):
        code, out, err = run(half.host, *words, *tls(certificates[1]))
        assert (1, "", 1) == (code, out, len(err.splitlines()))
        assert "TLS fails" in err
    code, out, err = run(half.host, *search, "--verify", "--format", "json", *tls(certificates[0]))
    found = json.loads(out)
    assert (78498, 8, 2) == (found["primes"], found["verified"], found["workers"]), err  # OEIS A006880
    (tmp_path / "limited.py").write_text(HERE_ONLY)
    kernel = ["--kernel", "limited.py", *tls(certificates[0])]
    code, out, err = run(half.host, *search, *kernel, cwd=tmp_path)
    assert (1, "") == (code, out)
    assert "cannot run the kernel limited.py: it is here only." in err
    code, out, err = run(half.host, *run_it, "--force", *kernel, cwd=tmp_path)
    assert 1 == code, out + err
    assert "it is here only." in out, out + err


def napping(cluster, folder, place, workers, count):
    """Start a check of a function that takes its time; return once it is under way."""
    (place / "naps.py").write_text(NAP)
    process = start(
        cluster.host,
        *["check", "--backend", "dask", "--workers", workers, "--function", "naps.py:nap"],
        *["--items", f"range({count})", "--chunksize", "1", "--timeout", "60"],
        *["--scheduler", cluster.address, *tls(folder)],
        cwd=place,
    )
    end = time.monotonic() + 60
    while len(list(cluster.naps.iterdir())) < 4:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.02)
    return process


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """What a search on this machine alone writes."""
    path = tmp_path_factory.mktemp("searched") / "p.txt"
    subprocess.run([PRIMEBENCH, "search", "0", str(SEARCHED), "-o", path], check=True, capture_output=True)
    return path.read_bytes()


def searching(cluster, folder, place):
    """Start a search that takes its time until there is enough of it; return once it has written something."""
    (place / "slow.py").write_text(SLOW)
    process = start(
        cluster.host,
        *["search", "0", str(SEARCHED), "--backend", "dask", "--kernel", "slow", "-o", "p.txt"],
        *["--scheduler", cluster.address, *tls(folder)],
        cwd=place,
    )
    end = time.monotonic() + 60
    while not (place / "p.txt").exists() or not (place / "p.txt").stat().st_size:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.02)
    return process


@pytest.mark.usefixtures("there")
def test_a_link_that_is_down_for_ten_seconds(half, two_hosts, certificates, tmp_path, searched):
    """A host that cannot be reached for ten seconds delays answers, which are right; a search goes on without it."""
    link = ["-n", two_hosts[1].name, "link", "set", "veth"]
    with (
        searching(half, certificates[0], tmp_path) as search,
        napping(half, certificates[0], tmp_path, "2", 20) as process,
    ):
        ip(*link, "down")
        time.sleep(10)
        assert (None, None) == (process.poll(), search.poll())
        ip(*link, "up")
        (half.naps / "enough").touch()
        out, err = process.communicate()
        found = search.communicate()
    assert process.returncode == 0, out + err
    assert (0, f"{PRIMES}\n") == (search.returncode, found[0]), found[1]
    assert searched == (tmp_path / "p.txt").read_bytes()


def test_a_killed_worker(half, there, certificates, tmp_path, searched):
    """A worker that dies while it is measured ends the case at once, and nothing else; a search is exact without it."""
    with (
        searching(half, certificates[0], tmp_path) as search,
        napping(half, certificates[0], tmp_path, "2", 60) as process,
    ):
        there.kill()
        (half.naps / "enough").touch()
        out, err = process.communicate()
        found = search.communicate()
    assert (1, True) == (process.returncode, "has gone before it had answered" in out), out + err
    assert "naps.py (" in err and "is sent to the workers" in err
    assert (0, f"{PRIMES}\n") == (search.returncode, found[0]), found[1]
    assert searched == (tmp_path / "p.txt").read_bytes()


def test_the_scheduler_goes(two_hosts, certificates, tmp_path, searched):
    """Without its scheduler the case has failed, which the row says in a line; a search keeps what is complete."""
    with (
        here(two_hosts[0], 8801, certificates[0], tmp_path) as (cluster, gone),
        searching(cluster, certificates[0], tmp_path) as search,
        napping(cluster, certificates[0], tmp_path, "1", 60) as process,
    ):
        gone.kill()
        out, err = process.communicate()
        found = search.communicate()
    assert (1, True) == (process.returncode, "the scheduler has gone" in out), out + err
    assert "Traceback" not in err
    how, why = (line for line in found[1].splitlines() if line.startswith(("Go on", "primebench: ")))
    assert (1, "", True) == (search.returncode, found[0], "the scheduler has gone" in why), found[1]
    kept = (tmp_path / "p.txt").read_bytes()
    assert kept and len(kept) < len(searched) and searched.startswith(kept)
    resume = shlex.split(how.removeprefix("Go on with: primebench "))
    del resume[resume.index("--backend") : resume.index("-o")], resume[resume.index("--scheduler") : -1]  # it has gone
    done = subprocess.run([PRIMEBENCH, *resume], cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert searched == (tmp_path / "p.txt").read_bytes()


def lent(place):
    """Return the folders in which sides have what they got."""
    return [folder.name for folder in place.glob("*/primebench-lent-*")]


def test_sides_without_primebench_and_with_another(two_hosts, tmp_path):
    """What a side lacks is sent and taken back, another version is refused, with both named; that TLS lacks is said."""
    here, there = two_hosts
    address = f"tcp://{here.address}:8802"
    bare = {"python": (sys.executable, "-S"), "environ": BARE}
    check = ["check", "--backend", "dask", "--workers", "1", "--scheduler", address]
    with ExitStack() as stack:
        stack.enter_context(scheduler(here, tmp_path / "scheduler", "--port", "8802", protocol="tcp", **bare))
        with worker(there, address, tmp_path / "there", **bare):
            code, out, err = run(here, *check)
            assert code == 0, out + err
            assert "is not encrypted" in err and "primebench (" in err and "removed at the end" in err
            assert [] == lent(tmp_path)
            end_of_a_killed_client(here, address, tmp_path)
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


def end_of_a_killed_client(host, address, place):
    """Kill whoever has lent the code: the scheduler takes it away from all sides, and from itself."""
    asked = {"code": [], "kernels": [], "workers": 1}
    command = start_command(sys.executable, "bench.engine.worker.cluster", json.dumps(asked))
    environ = {**os.environ, "DASK_SCHEDULER_ADDRESS": address}
    with host.start(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as process:
        told = json.loads(process.stdout.readline())
        assert [1, 1, 1] == [told["cluster"]["workers"], len(told["hosts"]), len(told["sent"])]
        assert len(lent(place)) == 2
        process.kill()
    end = time.monotonic() + 20
    while lent(place):
        assert time.monotonic() < end, lent(place)
        time.sleep(0.05)
