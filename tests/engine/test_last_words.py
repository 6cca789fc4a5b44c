"""What a process and its workers said last."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.engine import last_words

PROGRAM = """
import multiprocessing, sys
def plain(): raise ValueError("no luck")
def caused():
    try:
        plain()
    except ValueError as error:
        raise RuntimeError("the set-up fails (ValueError: no luck)") from error
def silent(): sys.exit(1)
worker = multiprocessing.get_context("fork").Process(target=globals()[sys.argv[1]])
worker.start()
worker.join()
raise SystemError("a worker was lost")
"""


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("plain", "ValueError: no luck"),
        ("caused", "RuntimeError: the set-up fails (ValueError: no luck)"),
        ("silent", ""),
    ],
)
def test_a_worker_is_heard_through_what_it_left_on_stderr(way, said):
    """Python's own report of a worker that died of an error, and not that of the process that lost it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, way], capture_output=True, text=True, check=False)
    assert "SystemError: a worker was lost" in done.stderr
    assert said == last_words.of_worker(done.stderr)


def test_two_workers_may_write_at_once():
    """The lines of two that died at the same time lie between each other."""
    names, traceback = "Process ForkProcess-1:\nProcess ForkProcess-2:\n", "Traceback (most recent call last):\n"
    assert "OSError: gone" == last_words.of_worker(f"{names}{traceback}{traceback}  File a\nOSError: gone\n")


def test_what_a_managers_process_says_stands_below_a_head():
    """multiprocessing writes the name of its error with no words, a rule, and the traceback from over there."""
    rule = "-" * 75
    traceback = "Traceback (most recent call last):\n  File a\n"
    head = f"{traceback}multiprocessing.managers.RemoteError: \n{rule}\n"
    assert "ImportError: no words" == last_words.of_worker(
        f"Process SpawnProcess-2:\n{head}{traceback}ImportError: no words\n{rule}\n"
    )
