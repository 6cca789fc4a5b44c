"""A search that meets a limit of the system: it makes do with less, or names the limit in one line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.core.python import is_free_threaded

ROOT = Path(__file__).parents[2]
HELD_S = 60
SEARCH = f"{sys.executable} -m bench search"
# Root is not bound by the number of processes; this is another user, who may read whatever root may, and whom no other
# run of the tests is at the same time: all of its processes would count.
_UID = 20_000 + os.getpid() % 40_000
_CAPS = "-all,+dac_override"
STRANGER = f"setpriv --reuid {_UID} --clear-groups --inh-caps {_CAPS} --ambient-caps {_CAPS} --bounding-set {_CAPS}"


@pytest.fixture
def limited(tmp_path):
    """Run a search behind a line of shell, in an empty folder and a session of its own."""

    def run(before, words, around=""):
        command = f"{around} {shutil.which('bash')} -c '{before} exec {SEARCH} {words}'"
        done = subprocess.run(
            command, shell=True, executable="/bin/bash", cwd=tmp_path, capture_output=True, text=True,
            timeout=HELD_S, check=False, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
        )  # fmt: skip
        if "unshare" in around and "unshare:" in done.stderr:
            pytest.skip(f"no private mounts can be made here ({done.stderr.strip()})")
        if "setpriv" in around and "setpriv:" in done.stderr:
            pytest.skip("no other user can run the tests here")
        return done

    return run


def shared_memory_of(options):
    """Return the line of shell that mounts a /dev/shm of one's own."""
    return f"mount -t tmpfs -o {options} tmpfs /dev/shm || exit 99;"


def one_line(done, *says):
    """Say whether a search failed with one line that says all of this, and left no empty file."""
    assert 1 == done.returncode, done.stderr
    assert 1 == len(done.stderr.splitlines()), done.stderr
    for words in says:
        assert words in done.stderr


@pytest.mark.parametrize("backend", ["shared-memory", "shared-array"])
@pytest.mark.parametrize("size", ["1m", "64k"])
def test_windows_fit_into_a_small_shared_memory(limited, tmp_path, backend, size):
    """Where the flags of a window do not fit, those of a smaller one do."""
    before = shared_memory_of(f"size={size}") + ""
    done = limited(before, f"0 2e7 -o p.txt --kernel numpy-sieve --backend {backend}", "unshare -m")
    assert (0, "1270607\n") == (done.returncode, done.stdout), done.stderr  # OEIS A006880 has 1e7; this by primesieve
    assert 1270607 == (tmp_path / "p.txt").read_bytes().count(b"\n")


@pytest.mark.parametrize(
    ("options", "says"), [("size=4k", "has only 0 B free"), ("ro", "cannot be written (Read-only file system)")]
)
@pytest.mark.parametrize("backend", ["shared-memory", "pool"])
def test_no_shared_memory_at_all(limited, tmp_path, backend, options, says):
    """Without room for a lock, or where nothing may be written, the message names the place and a way out."""
    done = limited(shared_memory_of(options), f"0 1e6 -o p.txt --kernel sieve --backend {backend}", "unshare -m")
    one_line(done, "/dev/shm", says, "--backend process-pipe")
    assert not (tmp_path / "p.txt").exists()
    done = limited(shared_memory_of(options), "0 1e6 --kernel sieve --backend process-pipe", "unshare -m")
    assert (0, "78498\n") == (done.returncode, done.stdout), done.stderr


@pytest.mark.parametrize("backend", ["shared-memory", "pool", "executor"])
def test_too_few_files(limited, backend):
    """Forty workers need more descriptors than 64."""
    done = limited("ulimit -n 64;", f"0 1e6 --kernel sieve --workers 40 --backend {backend}")
    one_line(done, "ulimit -n allows 64", "take fewer --workers")


@pytest.mark.skipif(
    is_free_threaded(), reason="Thread.start of 3.14t waits for ever for a thread that has no memory to begin."
)
def test_too_little_memory(limited):
    """A pool whose thread has no memory left for an answer would wait for it for ever."""
    done = limited("ulimit -v 300000;", "0 1e9 -o p.csv --kernel numpy-sieve --workers 2 --backend pool")
    assert 1 == done.returncode, done.stderr
    assert "ulimit -v allows 300000 KiB" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("limit", "words"), [(100_000, "1e6 2e9"), (55_000, "1e6 4e8 -o m.txt --kernel numpy-sieve")])
def test_too_little_memory_for_a_library(limited, tmp_path, limit, words):
    """Neither LLVM nor numpy can be loaded: one line names the limit, and no file stays."""
    pytest.importorskip("llvmlite")
    done = limited(f"ulimit -v {limit};", words)
    assert 1 == done.returncode, done.stderr
    assert f"ulimit -v allows {limit} KiB" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m.txt").exists()


def test_files_that_may_not_grow(limited, tmp_path):
    """The output keeps what fits into the largest file that is allowed; shared memory makes do with as much."""
    done = limited("ulimit -f 1024;", "0 1e7 -o p.txt --kernel numpy-sieve")
    assert 1 == done.returncode, done.stderr
    assert "p.txt cannot be written: File too large" in done.stderr
    assert "--resume" in done.stderr
    assert (tmp_path / "p.txt").read_bytes().endswith(b"\n")
    one_line(limited("ulimit -f 1;", "0 1e7 --kernel sieve"), "ulimit -f allows 1 KiB")


@pytest.mark.parametrize("backend", ["shared-memory", "pool", "executor", "thread-pool", "process"])
def test_too_few_processes(limited, backend):
    """A fork or a thread that is refused in the middle of making the workers ends those that were made."""
    words = f"0 1e6 --kernel sieve --workers 12 --backend {backend}"
    done = limited("ulimit -u 6;", words, STRANGER)
    one_line(done, "ulimit -u allows 6", "take fewer --workers")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_that_may_not_be_entered(cli, tmp_path):
    """Not even whether the output exists can be asked there."""
    assert 0 == cli("search", "0", "10", "-o", "p.txt").code  # now all code is loaded, which the other user cannot read
    tmp_path.chmod(0o755)
    (tmp_path / "locked").mkdir(mode=0)
    os.seteuid(_UID)
    try:
        done = cli("search", "0", "10", "-o", "locked/p.txt")
    finally:
        os.seteuid(0)
    assert (1, "") == (done.code, done.out)
    assert "locked/p.txt cannot be opened: Permission denied" in done.err


def test_a_name_that_is_too_long(cli):
    """A name of more than 255 bytes is no traceback."""
    done = cli("search", "0", "10", "-o", "a" * 300 + ".txt")
    assert 1 == done.code
    assert "cannot be opened: File name too long" in done.err


@pytest.mark.parametrize("backend", ["pool", "executor", "shared-memory", "process-queue"])
def test_a_stopped_worker_does_not_outlive_ctrl_c(tmp_path, backend):
    """Ctrl-C ends a search of which a worker was stopped, with what is complete told; that worker is ended, too."""
    process = subprocess.Popen(
        [*SEARCH.split(), "0", "1e13", "-o", "p.txt", "--workers", "2", "--backend", backend],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    path = tmp_path / "p.txt"
    while not path.exists() or path.stat().st_size < 10**6:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    children = psutil.Process(process.pid).children(recursive=True)
    workers = [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    workers[0].suspend()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=HELD_S)
    assert 130 == process.returncode, err
    assert "Go on with:" in err
    assert "Traceback" not in err
    assert not psutil.wait_procs(children, timeout=HELD_S)[1]
