"""An installed primebench in folders that are not its own: only what the user named is executed and measured."""

from __future__ import annotations

import subprocess

import pytest

from bench.core.version import VERSION
from bench.store.record_file import load
from tests.support.installation import copy_source, install

# Of the standard library, of what we depend on, and our own.
NAMES = (
    *("json", "multiprocessing", "pickle", "random", "runpy", "signal", "socket", "statistics", "struct", "tempfile"),
    *("click", "numpy", "psutil", "pyperf", "tabulate", "bench", "primes"),
)
SMALL = ("--workload", "0:100", "--rounds", "1", "--values", "1", "--warmups", "0", "--min-time", "1e-6")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return an environment with primebench in it."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def hostile(tmp_path):
    """Return a folder of modules and packages that leave a mark and fail when they are imported."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name in NAMES:
        text = f"open({str(tmp_path / 'executed')!r}, 'a').write('{name} ')\nraise SystemError('{name} was executed')\n"
        (folder / f"{name}.py").write_text(text)
        if name in {"multiprocessing", "numpy", "bench", "primes"}:
            (folder / name).mkdir()
            (folder / f"{name}.py").rename(folder / name / "__init__.py")
    yield folder
    assert not (tmp_path / "executed").exists(), (tmp_path / "executed").read_text()


def run(folder, *words):
    """Run a command in a folder and return its stdout."""
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, "" if done.returncode == 0 else done.stdout + done.stderr)
    return done.stdout


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_measuring_executes_nothing_of_the_current_folder(installed, hostile, start):
    """Backends give right answers with every start method, beside files named like what Python imports."""
    assert "right" in run(hostile, installed.command, "check", "--backend", "executor", "--start", start)


def test_programs_on_other_hosts_execute_nothing_of_the_current_folder(installed, hostile):
    """The peer that stands for a program on another host is started with the path of the measuring process."""
    assert "right" in run(hostile, installed.command, "check", "--channel", "manager-queue-tcp")


def test_searching_executes_nothing_of_the_current_folder(installed, hostile):
    """What multiprocessing starts in the process of the command itself, such as its resource tracker, is safe too."""
    assert "25" in run(hostile, installed.command, "search", "0", "100", "--workers", "2", "--kernel", "sieve")


def test_another_checkout_is_not_measured(installed, tmp_path):
    """In the folder of another primebench the installed one measures itself, and the record tells which it was."""
    checkout = tmp_path / "checkout"
    copy_source(checkout, "6.6")
    run(checkout, installed.command, "run", "--backend", "serial", *SMALL, "-o", "r.json")
    for result in load(checkout / "r.json").results.values():
        metadata = result.processes[-1].metadata
        assert (VERSION, str(installed.source)) == (
            metadata["primebench_version"],
            metadata["primebench_source_folder"],
        )


def test_a_checkout_that_is_run_as_a_module_measures_itself(installed, tmp_path):
    """``python -m bench`` measures the bench of the current folder, whatever is installed, and from a record so too."""
    checkout = tmp_path / "checkout"
    copy_source(checkout, "6.6")
    run(checkout, installed.python, "-m", "bench", "run", "--backend", "serial", *SMALL, "-o", "r.json", "--anonymous")
    for result in load(checkout / "r.json").results.values():
        metadata = result.processes[-1].metadata
        assert "6.6" == metadata["primebench_version"]
        assert "primebench_source_folder" not in metadata
        assert 12 == len(metadata["primebench_source_digest"])


KERNEL = """
import helper

def is_prime(n):
    return helper.decide(n)
"""


@pytest.fixture
def own(tmp_path):
    """Return a folder with kernels of a user, one of them in a package, and something that they import."""
    (tmp_path / "pkg").mkdir()
    for name in ("mymod.py", "pkg/mod.py"):
        (tmp_path / name).write_text(KERNEL)
    (tmp_path / "helper.py").write_text("def decide(n):\n    return n > 1 and all(n % i for i in range(2, n))\n")
    (tmp_path / "random.py").write_text("raise SystemError\n")
    return tmp_path


@pytest.mark.parametrize("name", ["mymod", "pkg.mod", "pkg/mod.py"])
def test_own_kernels_are_found_by_every_kind_of_worker(installed, own, name):
    """A kernel in the current folder is measured with every start method, however it is named."""
    words = ("check", "--backend", "pool", "--start", "spawn,forkserver,fork", "--range", "0:100", "--kernel", name)
    assert "0 failed" in run(own, installed.command, *words)


def test_own_kernels_search(installed, own):
    """A kernel in the current folder searches."""
    assert "25" in run(own, installed.command, "search", "0", "100", "--kernel", "mymod", "--workers", "2")


def test_own_kernels_pass_a_gate(installed, own):
    """The sides of a gate run in folders of their own, and find the kernel in that of the user."""
    words = (
        "--pairs",
        "3",
        "--values",
        "2",
        "--min-time",
        "0.002",
        "--alpha",
        "0.4",
        "--control",
        "none",
        "--backend",
        "serial",
        "--range",
        "0:100",
        "--kernel",
        "pkg.mod",
    )
    sides = ("--base", str(installed.python), "--head", str(installed.python))
    done = subprocess.run(
        [installed.command, "gate", *sides, *words], cwd=own, capture_output=True, text=True, check=False
    )
    assert "serial" in done.stdout and "failed" not in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words", [("run", "--backend", "serial"), ("check", "--backend", "serial"), ("search", "0", "9")], ids="-".join
)
@pytest.mark.parametrize("text", ["raise SystemExit(0)", "def is_prime(n):\n    return True\nLIMIT = '9'"])
def test_a_kernel_that_fails_ends_with_1_and_one_line(installed, tmp_path, words, text):
    """No kernel makes a command end with 0, with a traceback or without a word."""
    (tmp_path / "bad.py").write_text(text)
    done = subprocess.run(
        [installed.command, *words, "--kernel", "bad"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (1, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n")), done.stderr
    assert ".." not in done.stderr


def test_a_record_is_not_completed_with_other_code(installed, tmp_path):
    """``--resume`` refuses a record of another source, with the exit code for what is not comparable."""
    checkout = tmp_path / "checkout"
    copy_source(checkout, "6.6")
    run(checkout, installed.python, "-m", "bench", "run", "--backend", "serial", *SMALL, "-o", "r.json")
    words = [installed.command, "run", "--resume", "r.json"]
    done = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert (5, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
    assert "r.json was measured with another primebench" in done.stderr
