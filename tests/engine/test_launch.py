"""One case, one visit, with real processes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from bench.core.plan import Effort
from bench.core.python import is_free_threaded
from bench.core.record import Failure, Result
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import session
from bench.engine.facts_line import FACTS
from bench.engine.launch import command, launch
from bench.store import pyperf_file
from bench.store.identity import GIL, GIL_MODULE
from bench.store.suite import read_measurement, to_suite
from tests.support.cases import usual

EFFORT = Effort(rounds=1, values=2, warmups=1, min_time_s=0.001, timeout_s=30.0)
CPUS = tuple(sorted(os.sched_getaffinity(0)))[:2]


def case(member="serial", **params):
    """Return a case of the backends; axes that are not named have their default."""
    return usual(member, **{"workload": "textbook", "workers": 2} | params)


@pytest.fixture(scope="module")
def measured():
    """A pool, measured once."""
    return launch(Visit(case("pool"), EFFORT, CPUS))


def test_times(measured):
    """A visit gives one measuring process with as many times as asked for, behind its calibration."""
    assert isinstance(measured, Result), measured
    assert [len(row) for row in measured.samples] == [EFFORT.values]
    assert all(0 < value < EFFORT.timeout_s for row in measured.samples for value in row)
    assert measured.loops >= 1
    assert [bool(process.values) for process in measured.processes] == [False, True]


def test_metadata(measured):
    """The measuring process tells its case axis by axis, and how quiet the machine was."""
    metadata = measured.processes[-1].metadata
    assert metadata["name"] == measured.case.id
    assert metadata["primebench_family"] == "backends"
    assert metadata["primebench_member"] == "pool"
    assert {axis: metadata[f"primebench_{axis}"] for axis, _ in measured.case.params} == dict(measured.case.params)
    assert {"primebench_steal_ratio", "primebench_throttled_ratio", "primebench_load_before"} <= set(metadata)
    assert metadata["primebench_others_cpus"] >= 0


def test_known_loops_need_no_calibration():
    """With the loops of an earlier visit the only process is the one that measures, and it uses them."""
    result = launch(Visit(case(), EFFORT, CPUS[:1], 3))
    assert isinstance(result, Result), result
    assert result.loops == 3
    assert len(result.processes) == 1


def test_the_machine_is_described_once(measured, monkeypatch, tmp_path):
    """A later visit does without pyperf, and tells of machine and Python what the first one did."""
    (tmp_path / "pyperf.py").write_text("raise AssertionError('a later visit has loaded pyperf')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    later = launch(Visit(case("pool"), EFFORT, CPUS, 1))
    assert isinstance(later, Result), later
    first, then = measured.processes[-1].metadata, later.processes[-1].metadata
    assert {key: first[key] for key in pyperf_file.ALIKE if key in first}.items() <= then.items()
    assert {"python_version", "cpu_count", "hostname", "platform", "perf_version"} <= set(then)
    assert then["date"] > first["date"]
    visits = [*measured.processes, *later.processes]
    assert to_suite([replace(later, processes=tuple(visits))]).get_benchmarks()[0].get_nrun() == len(visits)


def test_the_machine_is_described_by_pyperf(measured):
    """What the first visit tells of the machine and of Python is what pyperf itself finds out here."""
    expected = pyperf.Run([1.0]).get_metadata()
    told = measured.processes[-1].metadata
    momentary = {"date", "uptime", "boot_time", "load_avg_1min", "runnable_threads", "mem_max_rss"}
    momentary |= {"cpu_freq", "cpu_temp", "cpu_affinity", "cpu_config"}  # or of other CPUs than these
    assert {key: value for key, value in expected.items() if key not in momentary}.items() <= told.items()


@pytest.mark.skipif(len(CPUS) < 2, reason="with one CPU there is nothing to choose")
def test_affinity():
    """The measuring process runs on the CPUs it was given, and says so."""
    result = launch(Visit(case(), EFFORT, CPUS[1:], 1))
    assert isinstance(result, Result), result
    assert result.processes[-1].metadata["cpu_affinity"] == str(CPUS[1])


def test_a_system_without_affinity(tmp_path, monkeypatch):
    """Where no process can be bound to CPUs, as on macOS, a case is measured all the same."""
    absent = "os.sched_setaffinity, os.sched_getaffinity, psutil.Process.cpu_affinity"
    (tmp_path / "sitecustomize.py").write_text(f"import os, psutil\ndel {absent}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delattr(os, "sched_setaffinity")
    outcome = launch(Visit(case("pool"), EFFORT, CPUS, 1))
    assert isinstance(outcome, Result), outcome
    assert "cpu_affinity" not in outcome.processes[-1].metadata


OLD = """
#include <Python.h>
static struct PyModuleDef old = {PyModuleDef_HEAD_INIT, "old", 0, -1, 0};
PyMODINIT_FUNC PyInit_old(void) { return PyModule_Create(&old); }
"""


@pytest.mark.skipif(not is_free_threaded(), reason="only a build without the interpreter lock can switch it on again.")
@pytest.mark.skipif(shutil.which("cc") is None, reason="an extension has to be compiled.")
@pytest.mark.parametrize(("line", "gil", "module"), [("", 0, None), ("import old", 1, "old")])
def test_an_extension_that_switches_the_interpreter_lock_on_is_named(line, gil, module, tmp_path, monkeypatch):
    """A kernel whose module imports an extension that says nothing of the lock, in threads, which share it then."""
    (tmp_path / "old.c").write_text(OLD)
    include, ending = sysconfig.get_path("include"), sysconfig.get_config_var("EXT_SUFFIX")
    compiled = ["cc", "-shared", "-fPIC", f"-I{include}", "old.c", "-o", f"old{ending}"]
    subprocess.run(compiled, cwd=tmp_path, check=True)
    (tmp_path / "kernel.py").write_text(f"{line}\ndef is_prime(n):\n    return n in (2, 3, 5, 7)\n")
    monkeypatch.chdir(tmp_path)
    outcome = launch(Visit(case("thread-pool", kernel="kernel.py", workload="0:11"), EFFORT, CPUS, 1))
    assert isinstance(outcome, Result), outcome
    told = outcome.processes[-1].metadata
    assert (gil, module) == (told[GIL], told.get(GIL_MODULE))


def test_a_measurement_is_a_line_for_the_shell(tmp_path):
    """The command that measures a case can be pasted into a shell and measures that case."""
    output = tmp_path / "pasted.json"
    line = shlex.join(command(Visit(case(), EFFORT, CPUS[:1]), output))
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    said = [text for text in done.stderr.splitlines() if not text.startswith(FACTS)]  # free-threaded builds have one
    assert (done.returncode, said) == (0, [])
    assert len(read_measurement(output, case()).samples) == 1


# --- what goes wrong ----------------------------------------------------------------------------------------------

KERNEL = """
    import os, time
    SOURCE = "made for this test"
    LIMIT = None
    _asked = 0

    def is_prime(n):
        global _asked
        _asked += 1
        return n > 1 and all(n % i for i in range(2, int(n**0.5) + 1))
"""


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Return a function that makes a kernel on PYTHONPATH whose first answer is preceded by a statement."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(session, "_GRACE_S", 0.3)
    package = f"made_{abs(hash(str(tmp_path)))}"
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text('"""Made for a test."""\n')

    def make(statement):
        text = (
            textwrap.dedent(KERNEL)
            + f"\n_honest = is_prime\ndef is_prime(n):\n    {statement}\n    return _honest(n)\n"
        )
        (tmp_path / package / "faulty.py").write_text(text)
        return f"{package}.faulty"

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


FAULTS = {
    "return n % 2": ("wrong-answer", "is not prime, but the answer says otherwise"),
    "raise ValueError('the kernel met ' + str(n))": ("crashed", "ValueError: the kernel met 1000000"),
    "raise ValueError": ("crashed", "ValueError"),
    "os._exit(5)": ("crashed", "exit code 5"),
    "os.kill(os.getpid(), 9)": ("crashed", "was ended by signal 9 (Killed)"),
    "_asked or os.kill(os.getppid(), 9)": ("crashed", "looks after the measuring one was ended from outside"),
    "time.sleep(600)": ("timed-out", "no answer within 3 s"),
    "_asked or os.fork() or (os.closerange(3, 99), time.sleep(600))": ("leaked", "left behind: python"),
    "open(f'/dev/shm/primebench-{os.getsid(0)}-x', 'w').close()": ("leaked", "left behind: primebench-"),
}


@pytest.mark.parametrize(
    ("statement", "kind", "message"), [(fault, *told) for fault, told in FAULTS.items()], ids=FAULTS
)
def test_every_fault_is_a_failure_of_its_kind(kernel, statement, kind, message):
    """Whatever a kernel does to the measuring process, the visit ends with a failure that says so in one line."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=3.0 if kind == "timed-out" else 30.0)
    failure = launch(Visit(case(kernel=kernel(statement)), effort, CPUS[:1], 1))
    assert isinstance(failure, Failure), failure
    assert failure.kind == kind, failure
    assert message in failure.message
    assert "\n" not in failure.message
    assert len(failure.stderr) <= 2000


def test_the_end_of_stderr_is_kept(kernel):
    """A failure keeps the end of what the process wrote, where a traceback says what happened, and not a flood."""
    flood = "import sys; sys.stderr.write('x' * 100000 + chr(10)); raise ValueError('the last words')"
    failure = launch(Visit(case(kernel=kernel(flood)), EFFORT, CPUS[:1], 1))
    assert len(failure.stderr) <= 2000
    assert "the last words" in failure.stderr
    assert "faulty.py" in failure.stderr


@pytest.mark.parametrize("python", ["/nowhere/python", "/dev/null"])
def test_an_interpreter_that_cannot_be_started(python):
    """A Python that does not exist, or that is no program, is a failure of the case."""
    failure = launch(Visit(case(), EFFORT, CPUS[:1], None, replace(here(), python=python)))
    assert (failure.kind, python in failure.message) == ("crashed", True)


def test_no_room_for_temp_files(monkeypatch, tmp_path):
    """Without a folder for temp files the case fails with the reason instead of ending the run."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    failure = launch(Visit(case(), EFFORT, CPUS[:1]))
    assert "No space left on device" in failure.message


def test_another_interpreter_measures(tmp_path):
    """The interpreter is an argument: another one than this may measure, and its record says which."""
    another = tmp_path / "another-python"
    another.write_text(f'#!/bin/sh\necho used > "{tmp_path}/used"\nexec {sys.executable} "$@"\n')
    another.chmod(0o755)
    assert isinstance(launch(Visit(case(), EFFORT, CPUS[:1], 1, replace(here(), python=str(another)))), Result)
    assert Path(tmp_path / "used").exists()
    shutil.rmtree(tmp_path)
