"""What turns flags into numbers and numbers into text, when one of its allocations fails."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("_testcapi", reason="only a CPython with its test modules can make an allocation fail")

PREPARE = """
import os, signal, _testcapi
import numpy as np
from bench.search import numbers
from bench.search.formats import _lines, npy
from primes.kernels import numpy_sieve
LO, HI, MOST = 99_900_000, 100_200_000, 300
flags = numpy_sieve.flags(LO, HI)
primes = np.concatenate([found for found, _ in numbers.blocks(flags, LO, HI)])
text = _lines.encode(primes)
def task():
    return {task}
task()
for allowed in range(MOST):
    process = os.fork()
    if not process:
        code = 0
        _testcapi.set_nomemory(allowed, 0)
        try:
            task()
        except MemoryError:
            code = 3
        _testcapi.remove_mem_hooks()
        os._exit(code)
    status = os.waitpid(process, 0)[1]
    print(allowed, os.waitstatus_to_exitcode(status))
    if status == 0:
        break
"""


@pytest.mark.parametrize(
    "task",
    [
        "numpy_sieve.flags(LO, HI)",
        "numpy_sieve.count(LO, HI)",
        "list(numbers.blocks(flags, LO, HI))",
        "_lines.encode(primes)",
        "_lines.numbers(text)",
        "npy.encode(primes)",
    ],
)
def test_whichever_allocation_fails(task):
    """It ends with a MemoryError, never with a signal; numpy does so for 0 to 300 allocations that still succeed."""
    done = subprocess.run(
        [sys.executable, "-c", PREPARE.format(task=task)], capture_output=True, text=True, check=False, timeout=200,
        env=os.environ,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    ended = {line.split()[1] for line in done.stdout.splitlines()}
    assert "3" in ended
    assert ended <= {"0", "3"}, done.stdout
