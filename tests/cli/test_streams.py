"""Readers that leave early, full disks and closed streams: what a command does when nobody takes what it says."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import streams
from tests.support.pipes import full_pipe

RESULTS = Path(__file__).parents[2] / "results"
TEXTBOOK, OTHER = str(RESULTS / "textbook-2cpu.json"), str(RESULTS / "all-backends-2cpu.json")
FAST = ("--workload", "textbook", "--rounds", "1", "--values", "1", "--warmups", "0", "--min-time", "0.001")
HELD_S = 60  # for a machine that is busy; each of these takes a second or less

MUCH = [
    ("list", "kernels"),
    ("list", "backends", "--format", "json"),
    ("show", TEXTBOOK),
    ("show", TEXTBOOK, "--format", "csv"),
    ("scale", TEXTBOOK),
    ("compare", TEXTBOOK, "--by", "member", "--base", "serial"),
    ("machine",),
    ("check", "--backend", "serial"),
    ("search", "0", "1e6"),
    ("search", "0", "1e12", "--output", "-"),
    ("run", "--help"),
    ("--version",),
]


def primebench(*words, **streams):
    """Run the real command to its end."""
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, text=True, check=False, timeout=HELD_S, **streams)


@pytest.fixture
def unread():
    """The writing end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words[:2])) for words in MUCH])
def test_a_reader_that_has_gone_is_no_error(unread, words):
    """The command ends without a word and without an error."""
    done = primebench(*words, stdout=unread, stderr=subprocess.PIPE)
    said = [line for line in done.stderr.splitlines() if not re.match(r"\[|\d+%  ", line)]  # progress that takes long
    assert (0, []) == (done.returncode, said)


def test_a_verdict_that_nobody_reads_keeps_its_exit_code(unread):
    """Two records with two processes for each case stay inconclusive, which is 4, and are warned of as usual."""
    heard = primebench("compare", TEXTBOOK, OTHER, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    done = primebench("compare", TEXTBOOK, OTHER, stdout=unread, stderr=subprocess.PIPE)
    assert (4, heard.stderr) == (done.returncode, done.stderr)


def test_a_record_outlives_all_readers(unread, tmp_path):
    """``run 2>&1 | head`` measures on and saves, although nobody listens to stdout or stderr."""
    done = primebench("run", "--backend", "serial", *FAST, "-o", str(tmp_path / "r.json"), stdout=unread, stderr=unread)
    assert 0 == done.returncode
    assert (tmp_path / "r.json").stat().st_size > 0


def test_an_error_that_nobody_hears_keeps_its_exit_code(unread):
    """Wrong usage is 2, also when its message cannot be written."""
    assert 2 == primebench("lst", stdout=unread, stderr=unread).returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [("list", "kernels"), ("--help",), ("show", TEXTBOOK)])
def test_a_full_disk_is_an_error(words):
    """What cannot be written is told in one line, and is no success."""
    with Path("/dev/full").open("w") as full:
        done = primebench(*words, stdout=full, stderr=subprocess.PIPE)
    assert 1 == done.returncode
    assert "primebench: standard output cannot be written: No space left on device.\n" == done.stderr


def test_a_stream_that_does_not_block_is_waited_for():
    """Whoever shares a pipe may have made it non-blocking: a stream of ours says all, as soon as there is room."""
    text = "all of it\n" * 30_000
    with full_pipe() as pipe, os.fdopen(os.dup(pipe.writing), "w") as stream:
        enduring = streams._enduring(stream, stream.fileno())
        enduring.write(text)
        enduring.flush()
    assert text == pipe.found.decode()


def test_closed_streams_are_no_error():
    """``primebench list kernels >&- 2>&-`` ends as usual: what there is nowhere to write is not written."""
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m bench list kernels >&- 2>&-"], check=False)
    assert 0 == done.returncode


RUN = f"{sys.executable} -m bench run --backend serial --workers 2 {' '.join(FAST)}"


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
def test_a_run_with_closed_streams_saves_its_record(tmp_path, closed):
    """What the shell has closed takes no part: the run goes on, and its words are in no file of its own."""
    done = subprocess.run(["bash", "-c", f"{RUN} -o r.json {closed}"], cwd=tmp_path, check=False, timeout=HELD_S)
    assert 0 == done.returncode
    assert 2 == len(json.loads((tmp_path / "r.json").read_text())["benchmarks"])  # the ceiling came unasked


def test_a_run_outlives_its_terminal(tmp_path):
    """A terminal that is closed in the middle costs nothing: under nohup the run goes on and saves."""
    ours, theirs = pty.openpty()
    words = ["nohup", *RUN.split(), "-o", "r.json"]
    process = subprocess.Popen(words, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said = b""
    while b"\n" not in said:  # nohup gives up where it cannot say all that it has to say
        said += os.read(ours, 100)
    os.close(ours)
    assert 0 == process.wait(HELD_S)
    record = json.loads((tmp_path / "r.json").read_text())
    assert all("values" in benchmark["runs"][-1] for benchmark in record["benchmarks"])


def test_a_run_needs_no_current_folder(tmp_path):
    """In a folder that was deleted under it a run measures and saves where it was told to."""
    script = f"mkdir gone; cd gone; rmdir ../gone; {RUN} -o {tmp_path}/r.json"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, check=False, timeout=HELD_S, capture_output=True)
    assert 0 == done.returncode, done.stderr
    assert (tmp_path / "r.json").exists()


@pytest.mark.parametrize(("encoding", "micro"), [("ascii", "u"), ("iso8859-2", "u"), ("latin-1", "µ")])
def test_an_encoding_with_few_characters_gets_plainer_ones(encoding, micro):
    """Microseconds are ``us`` where there is no letter for them, and branches of a tree are made of other signs."""
    environ = {**os.environ, "PYTHONIOENCODING": encoding}
    shown = subprocess.run(
        [sys.executable, "-m", "bench", "show", TEXTBOOK], env=environ, capture_output=True, check=True, timeout=HELD_S
    )
    assert f"183 {micro}s per number" in shown.stdout.decode(encoding)
    told = [sys.executable, "-m", "bench", "explain", str(RESULTS / "explain-2cpu.json")]
    tree = subprocess.run(told, env=environ, capture_output=True, check=True, timeout=HELD_S).stdout.decode(encoding)
    assert "`- pickling, estimated" in tree and "` x load balance" in tree
