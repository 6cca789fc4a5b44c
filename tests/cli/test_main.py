"""The door: help, version, unknown commands, start-up, signals."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.core import catalog
from bench.core.version import VERSION

COMMANDS = catalog.names("bench.cli.commands")


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the real command."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *words], capture_output=True, text=True, check=False, **options
    )


def test_version(cli):
    """--version, or -V, prints name and version."""
    assert f"primebench, version {VERSION}" in cli("--version").out
    assert cli("-V").out == cli("--version").out


def test_help_lists_every_command(cli):
    """Each file in the commands folder is listed with its summary."""
    out = cli("--help").out
    assert all(f"  {command} " in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_ends_with_an_example(cli, command):
    """The last line of each command's help is an example of its use."""
    done = cli(command, "--help")
    assert 0 == done.code
    assert f"primebench {command}" in done.out.split("Example", 1)[1]


def test_unknown_command_offers_the_nearest(cli):
    """A slip of the finger is met with the command that was meant."""
    done = cli("lst")
    assert 2 == done.code
    assert "lst is no command; did you mean list?" in done.err


@pytest.mark.parametrize("words", ["check --backend serial", "gate --backend serial --base . --head .", "selftest"])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/t/primebench-1"), "/t/primebench-1 cannot be used: No"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/t']"), "primebench: No usable"),
        (OSError(errno.EMFILE, "Too many open files"), "raise this limit"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_the_system_refuses_is_told_in_one_line(cli, monkeypatch, words, error, told):
    """Without room for temporary files, or memory, a command says what is lacking, and ends with code 1."""

    def refuse(*_words, **_options):
        raise error

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    done = cli(*words.split())
    assert 1 == done.code
    assert told in done.err
    assert 1 == done.err.count("\n")


def test_what_no_system_refuses_is_no_plain_message(cli, monkeypatch):
    """A connection that is lost where nobody expects it is a mistake of ours, whose traceback tells where."""
    monkeypatch.setattr("tempfile.mkdtemp", lambda *_words, **_options: os.kill(0x7FFFFFFF, 0))
    with pytest.raises(ProcessLookupError):
        cli("check", "--backend", "serial")


def modules_of(code):
    """Return the lines that a program prints, and the modules that it has loaded."""
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *lines, modules = done.stdout.splitlines()
    return lines, set(modules.split())


def test_help_loads_no_heavy_library():
    """Start-up imports click and the catalog, but nothing that measures, calculates or starts processes."""
    _, loaded = modules_of("sys.argv = ['primebench', '--help']\nfrom bench.cli import main\nmain._run()")
    _, unavoidable = modules_of("import click")  # each Python's own modules load others, and not each the same
    heavy = {"numpy", "pyperf", "psutil", "tabulate", "multiprocessing", "concurrent.futures", "statistics"}
    assert "bench.core.catalog" in loaded
    assert not heavy & loaded - unavoidable


@pytest.mark.parametrize("words", ["--help", "--version", "list --help", "show --help", "show none.json"])
def test_what_is_installed_is_not_searched_for_plugins_in_vain(words):
    """Help, version and our own formats cost no look at any installed package, however many there are."""
    lines, loaded = modules_of(
        f"sys.argv = ['primebench', *{words.split()}]\n"
        "from bench.core import entry_points\nentry_points._read = lambda folders: print('searched') or []\n"
        "from bench.cli import main\nmain._run()"
    )
    assert "searched" not in lines
    assert "bench.core.entry_points" in loaded
    assert "importlib.metadata" not in loaded


@pytest.mark.parametrize("typed", ["docx", "jsn"])
def test_an_unknown_format_is_met_with_those_there_are(cli, typed):
    """A slip of the finger ends with exit code 2, and with the command that lists all formats."""
    done = cli("show", "none.json", "--format", typed)
    assert 2 == done.code
    assert f"{typed} is no format" in done.err
    assert "primebench list formats" in done.err
    assert ("did you mean json?" in done.err) == (typed == "jsn")


def test_count_loads_only_what_searches():
    """The process that counts does without what only other commands, outputs and options need."""
    lines, loaded = modules_of(
        "sys.argv = ['primebench', 'search', '0', '1e6', '--workers', '2', '--kernel', 'sieve']\n"
        "from bench.cli import main\nassert main._run() == 0"
    )
    _, unavoidable = modules_of("import click\nfrom multiprocessing import resource_tracker, shared_memory")
    needless = {
        "numpy", "pyperf", "psutil", "tabulate", "concurrent.futures", "statistics", "json", "importlib.metadata",
        "numba", "bench.reports.report", "bench.search.numbers", "bench.search.output",
    }  # fmt: skip
    assert ["78498"] == lines
    assert "bench.search.search" in loaded
    assert not needless & loaded - unavoidable


RECORD = Path(__file__).parents[2] / "results/textbook-2cpu.json"
ASKING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
SMALL = ["--backend", "pool", "--range", "1e6:2e6", "--kernel", "wheel6"]


@pytest.fixture
def started(tmp_path):
    """Start a run whose second visit takes long; return it and, once the first is saved, the processes below it."""
    words = ["run", *SMALL, "--rounds", "9", "-o", str(tmp_path / "r.json")]
    temp = tmp_path / "temp"
    temp.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temp)},
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while len(below := psutil.Process(process.pid).children(recursive=True)) < 3:
            assert time.monotonic() < deadline, "nothing was started"
            time.sleep(0.02)
        yield process, below
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("sign", ASKING)
def test_signal_ends_everything_within_two_seconds(tmp_path, started, sign):
    """Whatever asks for the end in the middle of a visit: exit code 130, and no descendant alive after two seconds."""
    process, below = started
    os.kill(process.pid, sign)
    _, err = process.communicate(timeout=20)
    _, alive = psutil.wait_procs(below, timeout=2)
    assert [] == alive
    assert 130 == process.returncode
    assert b"--resume" in err
    assert (tmp_path / "r.json").exists()
    assert [] == list((tmp_path / "temp").iterdir())


def test_a_killed_command_leaves_nothing(tmp_path, started):
    """After SIGKILL of the main process everything below ends by itself within two seconds, and no temp file stays."""
    process, below = started
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(below, timeout=2)
    assert [] == [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    assert [] == list((tmp_path / "temp").iterdir())


def offered(typed):
    """Return the lines that click's completion answers to a command line that ends in what is completed."""
    env = {
        **os.environ,
        "_PRIMEBENCH_COMPLETE": "bash_complete",
        "COMP_WORDS": f"primebench {typed}",
        "COMP_CWORD": str(len(typed.split())),
    }
    return run(env=env).stdout.splitlines()


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("run --backend po", "pool"),
        ("run --backend serial,po", "serial,pool"),
        ("run --kernel wh", "wheel6"),
        ("run --workload te", "textbook"),
        ("run --start f", "fork"),
        ("run --chunksize a", "auto"),
        ("run --plan te", "textbook"),
        ("list ke", "kernels"),
        ("show --format ma", "markdown"),
        ("run --job p", "primes"),
        ("search --backend shared-m", "shared-memory"),
        ("search --kernel wh", "wheel6"),
        ("gate --control wh", "wheel6"),
        ("compare --by bac", "backend"),
        ("compare --normalise s", "serial"),
        (f"compare {RECORD} --by backend --base se", "serial"),
        (f"compare {RECORD} --by workers --base 2", "2"),
        ("history results --by c", "commit"),
        (f"explain {RECORD} --case serial", "serial"),
        (f"explain {RECORD} --backend serial,pool-im", "serial,pool-imap"),
        (f"history {RECORD.parent} --backend ser", "serial"),  # of the smallest: there is time for that
        (f"scale {RECORD} --member pool-im", "pool-imap"),
    ],
)
def test_completion_knows_names_and_values(typed, value):
    """click's completion offers the members, names and axis values that begin like what was typed."""
    assert f"plain,{value}" in offered(typed)


def test_completion_of_a_family_offers_no_member_of_another():
    """The record holds channels and backends: pipe is one of those, and pool one of these."""
    assert ("plain,pipe", "plain,pool") == tuple(
        next(line for line in offered(f"show {RECORD} --{noun} p") if line in ("plain,pipe", "plain,pool"))
        for noun in ("channel", "backend")
    )


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)])
def test_help_shows_no_layout_marks(cli, words):
    """Marks that tell click to keep line breaks do not show."""
    assert "\\b" not in cli(*words, "--help").out
