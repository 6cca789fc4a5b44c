"""What a member leaves in shared memory is found under any name; every test ends with that look (tests/conftest.py)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from multiprocessing import shared_memory

import pytest

from tests.support.segments import SHM, orphaned

pytestmark = pytest.mark.skipif(not SHM.is_dir(), reason="this system shows no shared memory as files")


@pytest.mark.parametrize("name", ["psm_5f1c", "sem.loky-1-a_b", "pym-7-x", "torch_PID_1", "joblib_folder_1"])
def test_what_nobody_holds_is_found_under_any_name(name):
    """A segment, a semaphore or a folder of a process that has ended is found, whether or not its name tells whose."""
    make = "os.mkdir(path)" if "folder" in name else "open(path, 'w').close()"
    # Two runs of these tests need two names; behind a letter that is a hexadecimal digit no number names a process.
    path = f"'{SHM}/{name}tested{os.getpid()}'.replace('PID', str(os.getpid()))"
    program = f"import os; path = {path}; {make}; print(path)"
    began = time.time()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    left = SHM / done.stdout.strip().rpartition("/")[2]
    try:
        assert left.name in orphaned(began)
        assert left.name not in orphaned(time.time() + 60)
    finally:
        left.rmdir() if left.is_dir() else left.unlink()


def test_what_is_in_use_is_not_left():
    """Shared memory that a living process has mapped is no leftover, nor is what it has unlinked."""
    began = time.time()
    block = shared_memory.SharedMemory(create=True, size=64)
    try:
        assert block.name.lstrip("/") not in orphaned(began)
    finally:
        block.close()
        block.unlink()
    assert block.name.lstrip("/") not in orphaned(began)
