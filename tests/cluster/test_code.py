"""Tests of lending primebench to a cluster that has none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest

from bench.core import start
from tests.cluster.conftest import BARE, Here, scheduler, worker

pytest.importorskip("distributed")


@contextmanager
def cluster(place):
    """Run a scheduler and a worker without primebench on loopback; yield the address."""
    here = Here("127.0.0.1")
    bare = {"python": (sys.executable, "-S"), "environ": BARE}
    with ExitStack() as stack:
        stack.enter_context(scheduler(here, place / "scheduler", "--port", "0", protocol="tcp", **bare))
        log = (place / "scheduler/log").read_text()
        address = next(line.split()[-1] for line in log.splitlines() if "Scheduler at:" in line)
        stack.enter_context(worker(here, address, place / "worker", **bare))
        yield address


def lent(place):
    """Return the folders in which sides have what they got."""
    return [folder.name for folder in place.glob("*/primebench-lent-*")]


def test_a_killed_client_leaves_nothing(tmp_path):
    """Where whoever lent the code is killed, the scheduler takes it away from all sides, and from itself."""
    with cluster(tmp_path) as address:
        command = start.command(sys.executable, "bench.engine.worker.cluster", "[]")
        environ = {**os.environ, "DASK_SCHEDULER_ADDRESS": address}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ) as process:
            told = json.loads(process.stdout.readline())
            assert [1, []] == [told["cluster"]["workers"], told["hosts"]]
            assert len(told["sent"]) == 1 and len(lent(tmp_path)) == 2
            process.kill()
        end = time.monotonic() + 20
        while lent(tmp_path):
            assert time.monotonic() < end, lent(tmp_path)
            time.sleep(0.05)
