"""What a tree of processes uses, beside what its processes say themselves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.engine.worker import tree
from bench.engine.worker.tree import Tree

BUSY = """
import sys, time
while time.process_time() < {cpu_s}: pass
print(time.process_time(), flush=True)
held = bytearray(64 << 20)
for at in range(0, len(held), 4096): held[at] = 1
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def busy():
    """A child that has used 0.1 s of CPU time and then 64 MiB of memory."""
    with subprocess.Popen(
        [sys.executable, "-c", BUSY.format(cpu_s=0.1)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        yield child
        child.stdin.close()


def test_a_child_counts_while_it_lives_and_when_it_has_ended(busy):
    """It says itself that it has used 0.1 s of CPU time, and holds 64 MiB."""
    seen = Tree()
    seen.begin()
    assert seen.look()[0] < 0.1
    said_s = float(busy.stdout.readline())
    busy.stdout.readline()
    alive_s, held_bytes = seen.look()
    busy.stdin.close()
    busy.wait()
    gone_s, left_bytes = seen.look()
    assert busy.pid in seen.seen
    assert held_bytes - left_bytes > 60 << 20
    assert said_s - 0.03 < alive_s <= gone_s  # the interpreter of the child started before `begin`


def test_what_was_used_before_the_beginning_does_not_count(busy):
    """The child's 0.1 s are over by then."""
    busy.stdout.readline()
    busy.stdout.readline()
    seen = Tree()
    seen.begin()
    busy.stdin.close()
    busy.wait()
    assert seen.look()[0] < 0.1


def test_context_switches_of_a_child_that_waits_are_voluntary(busy):
    """It waits for its input at least once."""
    seen = Tree()
    seen.begin()
    busy.stdout.readline()
    busy.stdout.readline()
    busy.stdin.close()
    busy.wait()
    voluntary, involuntary = seen.switches()
    assert voluntary >= 1 and involuntary >= 0


def test_without_a_proc_there_is_what_psutil_finds(monkeypatch, busy):
    """The child's CPU time to two decimals, and its resident memory."""
    busy.stdout.readline()
    busy.stdout.readline()
    monkeypatch.setattr(tree, "LINUX", False)
    seen = Tree()
    seen.begin()
    cpu_s, held_bytes = seen.look()
    assert cpu_s < 0.1
    assert held_bytes > 64 << 20
    assert busy.pid in seen.seen
