"""The slowed side of a selftest does more of the same work."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bench.core.case import Case
from bench.core.errors import UsageError
from bench.engine import slowed
from bench.engine.virtual_environment import scratch_folder
from tests.support.sides import said

_UID = 65534  # nobody
_COUNT_CALLS = """
import json
from primes.kernels import trial_division as kernel
from primes import flags as packed, tasks
calls = 0
plain = kernel.is_prime
def counted(n):
    global calls
    calls += 1
    return plain(n)
if hasattr(kernel, "flags"):
    from primes.kernels import _slowed
    kernel.flags = _slowed.flags(counted, PERCENT)
else:
    kernel.is_prime = counted
found = b"".join(tasks.ChunkFlags("trial-division")((lo, lo + 3000)) for lo in range(0, 60000, 3000))
print(json.dumps([calls, found.hex(), hasattr(kernel, "flags"), tasks.ChunkCount("trial-division")((0, 60000))]))
"""


def search(kernel: str) -> Case:
    """Return a case that searches in chunks with this kernel."""
    params = {"kernel": kernel, "workload": "default", "task": "chunk", "answer": "flags"}
    return Case.of("backends", "pool", params)


def test_the_slowed_side_does_five_percent_more_of_the_same_work():
    """Over 60,000 numbers in 20 chunks the slowed kernel decides 63,000, and the answers are the same."""
    with scratch_folder() as scratch:
        found = slowed.build(scratch, [search("trial-division")], 5)
        assert ["base", "same", "slow-5"] == list(found)
        code = _COUNT_CALLS.replace("PERCENT", "5")
        told = {name: json.loads(said(side, code)) for name, side in found.items()}
    assert [60_000, 60_000, 63_000] == [calls for calls, *_ in told.values()]
    assert [False, False, True] == [patched for *_, patched, _ in told.values()]
    assert 1 == len({answer for _, answer, *_ in told.values()})
    assert {6057} == {count for *_, count in told.values()}  # pi(60000), OEIS A000720


@pytest.mark.parametrize("percent", [1, 2.5, 5, 7, 30, 100])
def test_the_extra_work_is_so_many_percent_however_a_range_is_cut(percent):
    """The numbers decided again are the asked share within one block, the same for one chunk as for many."""
    from primes.kernels._slowed import BLOCK, again

    whole = list(again(0, 90_000, percent))
    pieces = [n for lo in range(0, 90_000, 700) for n in again(lo, min(lo + 700, 90_000), percent)]
    assert whole == pieces
    assert abs(len(whole) - 90_000 * percent / 100) <= BLOCK


def test_a_file_that_may_not_be_written_is_written_anew(tmp_path, monkeypatch):
    """As it has to be where primebench is installed read-only; only root writes over such a file."""
    monkeypatch.chdir(tmp_path)  # which another user may enter, and the folders above it not
    file = Path("kernel.py")
    file.write_text("one\n")
    file.chmod(0o444)
    tmp_path.chmod(0o777)
    root = os.geteuid() == 0
    if root:
        os.chown(tmp_path, _UID, -1)
        os.seteuid(_UID)
    try:
        slowed.append(file, "two\n")
    finally:
        if root:
            os.seteuid(0)
    assert "one\ntwo\n" == file.read_text()


@pytest.mark.parametrize("name", ["sieve", "no.such.kernel"])
def test_kernels_that_find_in_bulk_are_not_slowed(name):
    """The work of a sieve grows in no known proportion, and somebody's own kernel is not ours to copy."""
    with pytest.raises(UsageError, match="cannot be slowed by a known amount"):
        slowed.patches([search(name)], 5)
