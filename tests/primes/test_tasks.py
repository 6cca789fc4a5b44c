"""What travels to workers."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from bench.core.case import Case
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.visit import Visit
from bench.engine.launch import launch
from primes import tasks
from tests.support.cases import usual

KERNEL = "def is_prime(number):\n    return number > 1 and all(number % small for small in range(2, number))\n"
UNPICKLE = "import pickle, sys; task = pickle.load(sys.stdin.buffer); print([n for n in range(20) if task(n)])"


@pytest.fixture
def kernel(tmp_path: Path) -> str:
    """Return the path of a kernel of the user's."""
    place = tmp_path / "kernel.py"
    place.write_text(KERNEL, encoding="utf-8")
    return str(place)


def test_a_task_of_the_users_code_is_found_by_another_process(kernel: str) -> None:
    """The primes below 20, by a process that knows nothing but the pickled task, and has the function itself."""
    root = Path(tasks.__file__).parents[1]
    pickled = pickle.dumps(tasks.single(kernel))
    done = subprocess.run([sys.executable, "-c", UNPICKLE], input=pickled, capture_output=True, check=True, cwd=root)
    assert done.stdout == b"[2, 3, 5, 7, 11, 13, 17, 19]\n"
    assert pickle.loads(pickled) is tasks.kernel_module(kernel).is_prime


def test_a_task_of_ours_is_the_function_itself() -> None:
    """As in the textbook: nothing stands between a worker and the function."""
    assert tasks.single("trial-division") is tasks.kernel_module("trial-division").is_prime


@pytest.mark.parametrize("member", ["executor", "pool", "process"])
def test_the_users_kernel_reaches_workers_that_inherit_nothing(kernel: str, member: str) -> None:
    """With one number per message, from a file, in processes that are started anew."""
    case: Case = usual(member, kernel=kernel, task="number", workload="0:20", workers=2, start="spawn")
    found = launch(Visit(case, Effort(1, 1, 0, 0.001, 30.0), allowed_cpus(), 1))
    assert isinstance(found, Result), found
