"""The processes of a search end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bench.search import crew
from bench.search.enlist import Enlist, enlisting
from primes.tasks import ChunkCount
from primes.workload import Chunks
from tests.support.skips import need

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys, time
from bench.search.enlist import enlisting

if __name__ == "__main__":
    workers = [enlisting(sys.argv[1]).Process(target=time.sleep, args=(600,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    print(*(worker.pid for worker in workers), flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def living(processes):
    """Wait for these to end; return those that have not."""
    _, alive = psutil.wait_procs(processes, timeout=30)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def search_of(program, start, tmp_path, temp):
    """Start a program that makes workers, and is killed once its input ends."""
    script = tmp_path / "killed.py"
    script.write_text(program)
    return subprocess.Popen(
        # A process that is killed leaves the folder of multiprocessing, where sockets of a fork server are.
        [sys.executable, str(script), start], env={"PYTHONPATH": str(ROOT), "TMPDIR": str(temp)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("start", multiprocessing.get_all_start_methods())
def test_workers_that_nobody_has_called_end_with_a_search_that_is_killed(tmp_path, own_temp_folder, start):
    """Not even a search that is killed before its workers have answered the roll call leaves one of them."""
    with search_of(KILLED, start, tmp_path, own_temp_folder) as killed:
        workers = [psutil.Process(int(pid)) for pid in killed.stdout.readline().split()]
        killed.communicate("")
    assert 2 == len(workers)
    assert [] == living(workers)


LIBRARY = """
import multiprocessing, os, signal, sys, time
from bench.search.enlist import Enlist

def ready():
    print(os.getpid(), flush=True)

def work(enlist):
    enlist()
    time.sleep(600)

if __name__ == "__main__":
    for _ in range(2):
        multiprocessing.get_context(sys.argv[1]).Process(target=work, args=(Enlist(ready),)).start()
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_workers_that_a_library_has_made_end_with_a_search_that_is_killed(tmp_path, own_temp_folder, start):
    """What knows nothing of a search ends with it from the moment on at which it gets ready."""
    with search_of(LIBRARY, start, tmp_path, own_temp_folder) as killed:
        workers = [psutil.Process(int(killed.stdout.readline())) for _ in range(2)]
        killed.stdin.close()
        assert [] == living(workers)


def test_a_thread_that_gets_ready_does_not_end_the_search():
    """Workers that are threads of the searching process have nobody to outlive."""
    told = []
    Enlist(lambda: told.append("ready"))()
    assert ["ready"] == told


@pytest.mark.parametrize("name", ["loky", "loky-reusable", "joblib", "mpire"])
def test_workers_of_libraries_end_with_a_search_that_is_killed(tmp_path, own_temp_folder, name):
    """Those that make their workers in a way of their own leave none behind either."""
    need(name.partition("-")[0])
    words = ["0", "1e13", "--backend", name, "--kernel", "sieve", "--workers", "2", "-o", "p.txt"]
    written = tmp_path / "p.txt"
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "search", *words], cwd=tmp_path, stderr=subprocess.DEVNULL,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(own_temp_folder),
            "JOBLIB_TEMP_FOLDER": str(tmp_path),  # it makes one before it has anything to put there, and may leave it
        },
    ) as killed:  # fmt: skip
        end = time.monotonic() + 60
        while killed.poll() is None and time.monotonic() < end and not (written.exists() and written.stat().st_size):
            time.sleep(0.01)
        started = psutil.Process(killed.pid).children(recursive=True)
        workers = [child for child in started if "resource_tracker" not in " ".join(child.cmdline())]
        killed.kill()
    assert 2 <= len(workers)
    assert [] == living(workers)


def test_a_worker_ends_when_it_is_told_to_in_its_first_moment():
    """SIGTERM before a forked worker has drawn breath is not lost; a pool that lacks processes waits for that end."""
    handler = signal.signal(signal.SIGTERM, lambda _signal, _frame: None)  # as a search has one
    try:
        workers = [enlisting("fork").Process(target=time.sleep, args=(600,), daemon=True) for _ in range(5)]
        for worker in workers:
            worker.start()
            worker.terminate()
        end = time.monotonic() + 10
        for worker in workers:
            worker.join(max(0, end - time.monotonic()))
        living = [worker for worker in workers if worker.exitcode is None]
    finally:
        signal.signal(signal.SIGTERM, handler)
        for worker in workers:
            worker.kill()
            worker.join()
    assert [] == living


@pytest.mark.parametrize("name", ["shared-memory", "pool", "executor", "process-queue", "manager-list"])
def test_every_backend_makes_its_processes_so(name):
    """A search's crew reaches a backend by its context, whatever the backend makes of it."""
    backend, staff = crew.choose(name, 2)
    with backend.open_mapper(staff) as mapper:
        assert [4, 4] == mapper(ChunkCount("sieve"), Chunks(0, 20, 10), 1)
        kinds = {type(process).__name__ for process in multiprocessing.active_children()}
    assert 1 == len(kinds)
    assert kinds <= {"ForkWorker", "SpawnWorker", "ForkServerWorker"}


def test_an_interrupt_while_workers_are_made_is_not_lost():
    """Ctrl-C at a moment when the workers must not hear it ends the search as soon as they are there."""
    backend, staff = crew.choose("shared-memory", 2)

    @contextmanager
    def interrupted(staff):
        with backend.open_mapper(staff) as mapper:
            os.kill(os.getpid(), signal.SIGINT)
            yield mapper

    searched = []
    with (
        pytest.raises(KeyboardInterrupt),
        crew.open_crew(replace(backend, open_mapper=interrupted), staff, "sieve") as mapper,
    ):
        searched.append(mapper)
    assert [] == searched
    assert [] == multiprocessing.active_children()


def test_an_interrupt_before_there_is_a_command_line_says_nothing(tmp_path):
    """Ctrl-C while the command line is being loaded ends it with the usual code and without a traceback."""
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "bench", "search", "0", "10"], check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=ROOT,
    )  # fmt: skip
    assert (130, "", "") == (done.returncode, done.stdout, done.stderr)
