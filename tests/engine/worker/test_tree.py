"""What a tree of processes uses, beside what its processes say themselves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.engine.worker import tree
from bench.engine.worker.tree import Tree

BUSY = """
import sys, time
print("there", flush=True)
sys.stdin.readline()
began = time.process_time()
while time.process_time() - began < 0.1: pass
held = bytearray(64 << 20)
for at in range(0, len(held), 4096): held[at] = 1
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def busy():
    """A child that is there; told to work, it uses 0.1 s of CPU time and then 64 MiB of memory."""
    command = [sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        yield child
        child.stdin.close()


def work(child):
    """Let the child work, and wait until it has."""
    print("work", file=child.stdin, flush=True)
    child.stdout.readline()


def end(child):
    """Let the child end, and collect it."""
    child.stdin.close()
    child.wait()


def test_a_child_counts_while_it_lives_and_when_it_has_ended(busy):
    """It has used 0.1 s of CPU time by its own clock, and holds 64 MiB until it ends."""
    seen = Tree()
    seen.begin()
    work(busy)
    alive_s, held_bytes = seen.look()
    end(busy)
    gone_s, left_bytes = seen.look()
    assert busy.pid in seen.seen
    assert held_bytes - left_bytes > 60 << 20
    assert 0.1 <= alive_s <= gone_s


def test_what_was_used_before_the_beginning_does_not_count(busy):
    """The child's 0.1 s are over by then."""
    work(busy)
    seen = Tree()
    seen.begin()
    end(busy)
    assert seen.look()[0] < 0.1


def test_context_switches_of_a_child_that_waits_are_voluntary(busy):
    """It waits for its input at least once."""
    seen = Tree()
    seen.begin()
    work(busy)
    end(busy)
    voluntary, involuntary = seen.switches()
    assert voluntary >= 1 and involuntary >= 0


def test_without_a_proc_there_is_what_psutil_finds(monkeypatch, busy):
    """The child's resident memory, and nothing of the CPU time that was over."""
    work(busy)
    monkeypatch.setattr(tree, "LINUX", False)
    seen = Tree()
    seen.begin()
    cpu_s, held_bytes = seen.look()
    assert cpu_s < 0.1
    assert held_bytes > 64 << 20
    assert busy.pid in seen.seen
