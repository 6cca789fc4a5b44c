"""A function of the user's on its way to workers, whatever lies in between: the whole path, with real processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from bench.core import catalog
from bench.families.backends import _backend
from tests.support.skips import skip

CODE = """
from collections import Counter

class Word:
    received = 0

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return self.text == other.text

    def __setstate__(self, state):
        Word.received += 1
        self.__dict__ = state

def words():
    return [Word("word" * number) for number in range(6)]

def letters(word):
    return Counter(word.text)

def itself(word):
    return word

def received(word):
    return Word.received

def at_most_half(items, results):
    return max(results) <= len(items) / 2
"""


def checked(place, function, *words):
    """Check a function with words for items; return the process that did."""
    items = [] if "--items" in words else ["--items", f"{function.partition(':')[0]}:words"]
    command = ["check", "--function", function, *items]
    return subprocess.run(
        [sys.executable, "-m", "bench", *command, "--workers", "2", "--timeout", "60", *words], cwd=place,
        env=os.environ, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path):
    """A folder that no Python looks into, with a file in it and one in a folder below."""
    (tmp_path / "below").mkdir()
    for name in ("mine.py", "below/mine.py"):
        (tmp_path / name).write_text(CODE)
    return tmp_path


@pytest.mark.parametrize("where", ["mine", "below/mine.py"])
@pytest.mark.parametrize("function", ["letters", "itself"])
@pytest.mark.parametrize("backend", ["dask", "manager-queue", "manager-list"])
def test_a_process_in_between_changes_nothing(place, backend, function, where):
    """Items and results of own classes, from modules on no path, reach workers through a scheduler or a manager."""
    if missing := _backend.load(backend).missing:
        (skip if catalog.extra(_backend.PACKAGE, backend) else pytest.skip)(missing)
    starts = () if backend == "dask" else ("--start", "spawn,forkserver")
    done = checked(place, f"{where}:{function}", "--backend", backend, *starts)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("backend", ["pool", "manager-list"])
def test_items_may_be_of_another_file_than_the_function(place, backend):
    """A class of a file that workers have not been told of is found by the name of its module."""
    more = ["--items", "below/mine.py:words", "--backend", backend, "--start", "spawn"]
    done = checked(place, "mine.py:itself", *more)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("backend", ["process", "manager-list"])
def test_a_worker_gets_its_own_block_only(place, backend):
    """With two workers no process unpickles more than three of six items; each copy of the ceiling needs them all."""
    done = checked(place, "mine:received", "--check", "mine:at_most_half", "--backend", backend, "--start", "spawn")
    assert "2 right, 1 failed" in done.stdout
    assert re.search(rf"^backends +{backend} +ok$", done.stdout, re.MULTILINE), done.stdout
