"""primebench search: answers, outputs, interruptions and everything that can be asked wrongly."""

from __future__ import annotations

import contextlib
import csv
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from bench.cli import progress
from bench.search.errors import SearchFailed
from bench.search.output import Output

ROOT = Path(__file__).parents[2]
HELD_S = 60  # far above what any of these takes


@pytest.fixture
def started(tmp_path):
    """Start ``primebench search`` as a process of its own, in an empty folder and a session of its own."""
    processes = []

    def start(*words, stdout=subprocess.PIPE):
        process = subprocess.Popen(
            [sys.executable, "-m", "bench", "search", *words],
            stdout=stdout, stderr=subprocess.PIPE, text=True, cwd=tmp_path, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        processes.append(process)
        return process

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        reap(process.pid)


def reap(group):
    """Wait for what the ended process started: orphans of tests are ours, and end when their parent has."""
    end = time.monotonic() + HELD_S
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            if os.waitpid(-group, os.WNOHANG) == (0, 0):
                time.sleep(0.01)


def until(claim, process):
    """Wait until the claim holds while the process runs."""
    end = time.monotonic() + HELD_S
    while not claim():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


def ended(processes):
    """Say whether all end."""
    _, alive = psutil.wait_procs(processes, timeout=HELD_S)
    return not alive


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (("0", "1e6"), "78498"),  # OEIS A006880
        (("2", "10^7"), "664579"),
        (("1e12", "1e12+1e6"), "36249"),  # counted with primesieve 11.0
        (("2**64-100", "2**64"), "3"),  # the largest primes below 2**64: 59, 83, 95 less (The Prime Pages)
        (("3", "3"), "0"),
        (("24", "29"), "0"),
        (("0", "1e6", "--nth", "10_000"), "104729"),  # OEIS A006988
        (("1e12", "--nth", "1"), "1000000000039"),  # OEIS A033873
        (("0", "1e6", "--twins"), "78498\ntwins 8169"),  # OEIS A007508
        (("0", "100", "--gaps"), "25\ngap 1 1\ngap 2 8\ngap 4 7\ngap 6 7\ngap 8 1\nlongest gap 8 after 89"),
        (("0", "3", "--gaps", "--twins"), "1\ntwins 0"),
        (("24", "29", "--gaps"), "0"),
        (("0", "4", "--gaps"), "2\ngap 1 1\nlongest gap 1 after 2"),
        (("0", "1e5", "--verify", "--kernel", "wheel6"), "9592"),
    ],
)
def test_answers(cli, words, out):
    """The answer is the published one, alone on standard output."""
    done = cli("search", *words)
    assert (0, out + "\n") == (done.code, done.out), done.err


@pytest.mark.parametrize(
    "backend", ["serial", "pool", "executor", "process", "thread-pool", "process-queue", "shared-array"]
)
def test_any_backend_can_search(cli, backend):
    """What a backend must do for the measurements is all that a search needs of it."""
    done = cli("search", "1e6", "1.1e6", "--backend", backend, "--kernel", "sieve", "--workers", "3", "-o", "p.txt")
    assert (0, "7216\n") == (done.code, done.out), done.err  # counted with primesieve 11.0
    assert 7216 == len(Path("p.txt").read_text().splitlines())


@pytest.mark.parametrize("ends", [("24", "29"), ("0", "3")])
def test_json_of_no_gap(cli, ends):
    """Without two primes there is no longest gap."""
    answer = json.loads(cli("search", *ends, "--gaps", "--format", "json").out)
    assert ({}, None, None) == (answer["gaps"], answer["longest_gap"], answer["longest_gap_after"])


def test_json_says_what_was_done(cli):
    """The answer as data: which kernel, how many workers, and what confirms the count."""
    done = cli("search", "0", "1e6", "--verify", "--workers", "2", "--kernel", "sieve", "--format", "json")
    found = json.loads(done.out)
    assert (78498, True, 8) == (found["primes"], found["published"], found["verified"])
    assert ("sieve", "shared-memory", 2) == (found["kernel"], found["backend"], found["workers"])


@pytest.mark.parametrize(("file", "due"), [("due.py", True), ("kept.py", False)])
def test_compiling_is_announced(cli, file, due):
    """A kernel that has to be compiled first, which takes seconds, is named on standard error before it is."""
    Path(file).write_text(
        f"def compiles(): return {due}\n"
        "def warm():\n    import sys\n    print('warm', file=sys.stderr)\n"
        "def is_prime(n): return n in {2, 3, 5, 7}\n"
    )
    done = cli("search", "0", "10", "--kernel", file, "--workers", "1", "--backend", "serial")
    assert (0, "4\n") == (done.code, done.out), done.err
    assert due == done.err.startswith(f"compiling {file} for this processor")
    assert "warm" in done.err


def test_compiling_that_takes_long_says_that_it_goes_on(cli, monkeypatch):
    """Off a terminal in lines of their own, until it is over: a busy machine takes a minute for it."""
    monkeypatch.setattr(progress, "_MOST_S", 0.05)
    Path("slow.py").write_text(
        "def compiles(): return True\n"
        "def warm():\n    import time\n    time.sleep(0.5)\n"
        "def is_prime(n): return n in {2, 3, 5, 7}\n"
    )
    done = cli("search", "0", "10", "--kernel", "slow.py", "--workers", "1", "--backend", "serial")
    first, *beats = [line for line in done.err.splitlines() if line.startswith("compiling slow.py")]
    assert (0, "4\n") == (done.code, done.out), done.err
    assert first.endswith("once for all searches: some ten seconds of CPU time ...")
    assert beats and all(re.fullmatch(r"compiling slow\.py \.\.\. \d+ s so far", line) for line in beats)


def test_the_kth_prime_is_verified_on_the_way_to_it(cli):
    """With --nth the stretches searched again lie below the prime that is found, and not far behind it."""
    done = cli("search", "0", "--nth", "1e5", "--verify", "--kernel", "sieve")
    assert (0, "1299709\n") == (done.code, done.out), done.err  # OEIS A006988
    assert re.search("^[78] of 8 random stretches searched again with ", done.err, re.MULTILINE)
    found = json.loads(cli("search", "0", "--nth", "1e5", "--format", "json").out)
    assert (100000, 1299709) == (found["nth"], found["prime"])
    assert "primes" not in found  # nobody has counted them to the end


def test_every_format_holds_the_same_primes(cli, started):
    """A text file, a table, an array and standard output hold the same primes, as other programs read them."""
    for suffix in ("txt", "csv", "npy"):
        assert "78498\n" == cli("search", "0", "1e6", "-o", f"primes.{suffix}").out
    primes = [int(line) for line in Path("primes.txt").read_text().splitlines()]
    with Path("primes.csv").open() as file:
        assert primes == [int(row["prime"]) for row in csv.DictReader(file)]
    assert primes == np.load("primes.npy").tolist()
    out, err = started("0", "1e6", "-o", "-").communicate()
    assert primes == [int(line) for line in out.splitlines()]
    *progress, last = err.splitlines()
    assert "78498 primes" == last
    assert all(re.match(r"\d+%  .* numbers/s", line) for line in progress)  # of a machine that takes seconds
    assert (78498, 2, 999983) == (len(primes), primes[0], primes[-1])


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("10", "5"), 2, "reversed"),
        (("-5", "10"), 2, "-5 is negative"),
        (("0", "2**64+1"), 2, "beyond 2**64"),
        (("ten", "20"), 2, "ten is no whole number"),
        (("5",), 2, "where the range ends is missing"),
        (("0", "10", "--kernel", "siev"), 2, "did you mean sieve"),
        (("0", "10", "--backend", "pol"), 2, "did you mean pool"),
        (("0", "10", "--backend", "ceiling"), 2, "every worker searches everything"),
        (("0", "1e17", "--kernel", "sieve"), 2, "exact up to 10000000000000000"),
        (("0", "10", "--workers", "0"), 2, "a number from 1 to 1024"),
        (("0", "10", "--wrokers", "2"), 2, "--workers"),
        (("0", "10", "--nth", "0"), 2, "--nth 0 is not possible"),
        (("0", "10", "--nth", "5"), 1, "there are only 4 primes"),
        (("0", "10", "--nth", "2", "-o", "p.txt"), 2, "--nth prints one prime"),
        (("0", "10", "-o", "p.dat"), 2, "ends in one of .csv, .npy, .txt"),
        (("0", "10", "-o", "p"), 2, "p has no ending that tells the format"),
        (("0", "10", "-o", "nowhere/p.txt"), 1, "the folder nowhere does not exist"),
        (("0", "10", "-o", "there.txt"), 2, "there.txt exists"),
        (("0", "10", "-o", "there.txt", "--resume"), 2, "no output of this search"),
        (("0", "10", "-o", "p.txt", "--resume", "--force"), 2, "leave out one of them"),
        (("0", "10", "-o", "p.txt", "--resume", "--gaps"), 2, "need the whole range"),
        (("0", "10", "--resume"), 2, "name it with --output"),
        (("0", "10", "-o", "-", "--format", "json"), 2, "both the primes and JSON"),
        (("0", "10", "--scheduler", "localhost:1"), 2, "add --backend dask"),
        (("0", "10", "--backend", "dask", "--tls-ca", "ca.pem"), 2, "ca.pem is no file"),
    ],
)
def test_bad_input(cli, words, code, says):
    """Every mistake is told in words, with the exit code of its kind, and nothing on disk is touched."""
    Path("there.txt").write_text("mine\n")
    done = cli("search", *words)
    assert code == done.code, done.err
    assert says in done.err
    assert "Traceback" not in done.err
    assert "" == done.out
    assert ["there.txt"] == [path.name for path in Path().iterdir()]
    assert "mine\n" == Path("there.txt").read_text()


def test_a_missing_library_is_named(cli, monkeypatch):
    """A kernel whose extra is not installed says which one to install."""
    monkeypatch.setattr("primes.kernels.numba_sieve.find_spec", lambda name: None)
    done = cli("search", "0", "10", "--kernel", "numba-sieve")
    assert 1 == done.code
    assert 'pip install "primebench[numba]"' in done.err


def test_a_missing_dask_is_named(cli, monkeypatch):
    """A backend whose extra is not installed says which one to install."""
    monkeypatch.setattr("bench.families.backends._extra.find_spec", lambda name: None)
    done = cli("search", "0", "10", "--backend", "dask")
    assert (1, 1) == (done.code, len(done.err.splitlines()))
    assert "pip install 'primebench[dask]'" in done.err


def test_force_overwrites(cli):
    """With --force an old output is replaced, also by a shorter one."""
    Path("p.txt").write_text("0\n" * 100)
    assert 0 == cli("search", "0", "10", "-o", "p.txt", "--force").code
    assert "2\n3\n5\n7\n" == Path("p.txt").read_text()


def raising(error):
    """Return a function that does nothing but to raise this."""

    def fail(*_words, **_options):
        raise error

    return fail


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_ctrl_c_before_the_first_prime(cli, monkeypatch, form):
    """No file stays that would pass for the result of a search, and nothing is said to go on with."""
    monkeypatch.setattr("bench.cli.searching.write", raising(KeyboardInterrupt()))
    done = cli("search", "0", "1e6", "-o", f"p.{form}")
    assert (130, "", "primebench: interrupted.") == (done.code, done.out, done.err.strip())
    assert [] == os.listdir()


def test_a_second_signal_takes_nothing_away(cli, monkeypatch):
    """What tidies up after one signal is not cut short by another."""
    monkeypatch.setattr("bench.cli.searching.write", lambda *_: signal.raise_signal(signal.SIGTERM))
    withdraw = Output.withdraw

    def disturbed(output):
        signal.raise_signal(signal.SIGINT)
        withdraw(output)

    monkeypatch.setattr(Output, "withdraw", disturbed)
    assert 130 == cli("search", "0", "1e6", "-o", "p.txt").code
    assert [] == os.listdir()


@pytest.mark.parametrize("form", ["csv", "npy"])
def test_a_disk_without_room_for_the_head(cli, monkeypatch, form):
    """Not even the first line can be written: no empty file stays, and the next try needs no --force."""
    monkeypatch.setattr("bench.search.output.Output._append", raising(OSError(errno.ENOSPC, "No space left on device")))
    done = cli("search", "0", "10", "-o", f"p.{form}")
    assert (1, "", f"primebench: p.{form} cannot be written: No space left on device.\n") == done
    assert [] == os.listdir()


@pytest.mark.parametrize(("error", "code"), [(SearchFailed("nobody is there."), 1), (KeyboardInterrupt(), 130)])
def test_what_is_overwritten_outlives_a_search_that_never_began(cli, monkeypatch, error, code):
    """--force empties the file only when there are workers, such as those of a cluster that can be reached."""
    Path("p.txt").write_text("mine\n")
    Path("link.txt").symlink_to("p.txt")
    monkeypatch.setattr("bench.search.crew.open_crew", raising(error))
    done = cli("search", "0", "10", "-o", "link.txt", "--force")
    assert (code, "") == (done.code, done.out)
    assert "Go on with" not in done.err
    assert "mine\n" == Path("link.txt").read_text()


def test_what_is_overwritten_and_holds_nothing_is_told(cli, monkeypatch):
    """Ctrl-C before the first prime, with the file emptied already: how to go on is said, for it is there."""
    Path("p.txt").write_text("mine\n")
    monkeypatch.setattr("bench.search.output.Output.write", raising(KeyboardInterrupt()))
    done = cli("search", "0", "10", "-o", "p.txt", "--force")
    assert 130 == done.code
    assert "Go on with: primebench search 0 10 -o p.txt --resume" in done.err
    assert "" == Path("p.txt").read_text()


def test_what_cannot_be_gone_on_with_is_not_told(cli, monkeypatch):
    """Distances need the whole range in one search: the command that goes on with the primes leaves them out."""
    Path("p.txt").write_text("mine\n")
    monkeypatch.setattr("bench.search.output.Output.write", raising(KeyboardInterrupt()))
    done = cli("search", "0", "10", "--gaps", "--twins", "-o", "p.txt", "--force")
    assert "Go on with: primebench search 0 10 -o p.txt --resume\n" in done.err
    assert "Distances are counted by a search of the whole range" in done.err


@pytest.mark.parametrize("end", [[], ["20"]])
def test_rest_of_a_search_for_one_prime_keeps_the_range(cli, monkeypatch, end):
    """An end that was given is kept, and none is made up."""
    monkeypatch.setattr("bench.cli.searching.nth", raising(KeyboardInterrupt()))
    done = cli("search", "10", *end, "--nth", "3")
    assert f"for the rest: {' '.join(['primebench search 10', *end, '--nth 3'])}\n" in done.err


@pytest.mark.parametrize("words", [["--force"], ["--resume"]])
def test_one_search_at_a_time_writes_a_file(cli, words):
    """What another one is writing is neither emptied nor cut."""
    path = Path("p.txt")
    path.write_text("2\n3\n")
    hold = "import fcntl, sys; file = open('p.txt', 'r+'); fcntl.lockf(file, fcntl.LOCK_EX); print(); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        done = cli("search", "0", "10", "-o", "p.txt", *words)
        other.stdin.close()
    assert 2 == done.code
    assert "another search is writing p.txt; wait until it has ended, or name another file." in done.err
    assert "2\n3\n" == path.read_text()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The primes up to 2e8 as this program writes them when nothing disturbs it."""
    path = tmp_path_factory.mktemp("whole") / "p.txt"
    words = [sys.executable, "-m", "bench", "search", "0", "2e8", "-o", str(path)]
    done = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    assert 0 == done.wait(HELD_S)
    reap(done.pid)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (signal.SIGINT, ()),
        (signal.SIGTERM, ()),
        (signal.SIGKILL, ()),
        (signal.SIGINT, ("--backend", "dask", "--workers", "2")),
    ],
)
def test_an_interrupted_search_goes_on(started, tmp_path, uninterrupted, how, words):
    """Ctrl-C, SIGTERM and SIGKILL leave a beginning of the output and no worker; going on leads to the same bytes."""
    words = ("--kernel", "miller-rabin", *words)  # which takes a minute and more: the signal comes in the middle
    process = started("0", "2e8", "-o", "p.txt", *words)
    path = tmp_path / "p.txt"
    until(lambda: path.exists() and path.stat().st_size > 10**5, process)
    workers = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, how) if how == signal.SIGINT else process.send_signal(how)
    _, err = process.communicate(timeout=HELD_S)
    assert ended(workers)
    written = path.read_bytes()
    assert len(written) < len(uninterrupted)
    assert uninterrupted.startswith(written)
    if how != signal.SIGKILL:
        assert 130 == process.returncode, err
        assert f"Go on with: {' '.join(['primebench search 0 2e8 -o p.txt', *words, '--resume'])}" in err
        claimed = int(err.partition("to below ")[2].partition(".")[0])
        complete = [int(line) for line in written.splitlines()]
        assert complete[-1] < claimed <= int(uninterrupted[len(written) :].partition(b"\n")[0])
        assert "Traceback" not in err
    resumed = started("0", "2e8", "-o", "p.txt", "--resume")
    out, err = resumed.communicate(timeout=HELD_S)
    assert "11078937\n" == out, err  # counted with primesieve 11.0
    assert uninterrupted == path.read_bytes()


def test_an_interrupted_count_says_what_is_left(started):
    """Counting keeps no file, so the interrupted search tells what it has and how to get the rest in the same way."""
    process = started("0", "1e15", "--kernel", "sieve", "--workers", "2")
    until(lambda: len(psutil.Process(process.pid).children()) >= 2, process)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=HELD_S)
    assert 130 == process.returncode
    assert re.search(
        r"for the rest: primebench search \d+ 1000000000000000 --kernel sieve --workers 2$", err, re.MULTILINE
    )
    assert "Traceback" not in err


@pytest.mark.parametrize("backend", ["shared-memory", "pool", "executor", "process-queue"])
def test_a_dead_worker_ends_the_search(started, tmp_path, backend):
    """A worker that is killed ends the search with a message, whatever its backend does about it; nothing is left."""
    process = started("0", "1e13", "-o", "p.txt", "--backend", backend, "--workers", "2")
    until(lambda: (tmp_path / "p.txt").exists() and (tmp_path / "p.txt").stat().st_size > 10**6, process)
    children = psutil.Process(process.pid).children(recursive=True)
    workers = [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    workers[-1].kill()
    _, err = process.communicate(timeout=HELD_S)
    assert 1 == process.returncode, err
    assert "signal 9" in err or "abruptly" in err
    assert "Go on with:" in err
    assert ended(children)


def test_a_closed_pipe_is_no_error(started):
    """A reader that has had enough, such as head, ends the search silently."""
    process = started("0", "1e10", "-o", "-")
    assert ["2\n", "3\n"] == [process.stdout.readline(), process.stdout.readline()]
    process.stdout.close()
    process.wait(timeout=HELD_S)
    assert (0, "") == (process.returncode, process.stderr.read())


def test_a_named_pipe_is_an_output_like_standard_output(started, tmp_path):
    """A pipe is no file that must not be overwritten, and a reader of it that has had enough ends the search."""
    os.mkfifo(tmp_path / "pipe")
    process = started("0", "1e10", "-o", "pipe")
    with (tmp_path / "pipe").open() as pipe:
        assert ["2\n", "3\n"] == [pipe.readline(), pipe.readline()]
    out, err = process.communicate(timeout=HELD_S)
    assert (0, "", "") == (process.returncode, out, err)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no /dev/stdout here")
def test_the_answer_does_not_follow_the_primes(started, tmp_path):
    """Standard output under another name holds the primes alone, as ``-`` does, in a pipe and in a file."""
    assert ("2\n3\n5\n7\n", "4 primes\n") == started("0", "10", "-o", "/dev/stdout").communicate()
    with (tmp_path / "out").open("w") as file:
        process = started("0", "10", "-o", "/dev/stdout", stdout=file)
        err = process.stderr.read()
    assert ("2\n3\n5\n7\n", "4 primes\n") == ((tmp_path / "out").read_text(), err)


def test_the_answer_does_not_follow_the_primes_into_a_named_pipe(started, tmp_path):
    """Nor does it where standard output is the very pipe that is named."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(reader) as pipe, (tmp_path / "pipe").open("w") as writing:
        process = started("0", "10", "-o", "pipe", stdout=writing)
        err = process.stderr.read()
        assert ("2\n3\n5\n7\n", "4 primes\n") == (os.read(pipe.fileno(), 100).decode(), err)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [("0", "100"), ("0", "1e6", "-o", "-")])
def test_a_full_disk_behind_standard_output(started, words):
    """An answer that cannot be written is told, and is no success."""
    with Path("/dev/full").open("w") as full:
        process = started(*words, stdout=full)
    _, err = process.communicate(timeout=HELD_S)
    assert 1 == process.returncode
    assert "standard output cannot be written: No space left on device" in err
    assert "Traceback" not in err


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_what_is_complete(cli, small_disk):
    """When the disk fills up, the file ends with a whole prime, the message names how far it goes, and it can go on."""
    path = small_disk / "p.txt"
    done = cli("search", "0", "1e8", "-o", str(path))
    assert 1 == done.code
    assert "No space left on device" in done.err
    kept = path.read_text()
    claimed = int(done.err.partition("to below ")[2].partition(".")[0])
    primes = [int(line) for line in kept.splitlines()]
    assert kept.endswith("\n")
    assert str(len(primes)) == cli("search", "0", str(claimed)).out.strip()
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    done = cli("search", "0", "5e6", "-o", str(path), "--resume")
    assert (0, "348513\n") == (done.code, done.out), done.err  # counted with primesieve 11.0


def test_verify_searches_again_what_is_resumed(cli):
    """4489 = 67 * 67 in place of 4483 keeps form, order and count, and only --verify tells it from a prime."""
    assert 0 == cli("search", "0", "1e5", "-o", "p.txt", "--kernel", "sieve").code
    path = Path("p.txt")
    begun = path.read_bytes()[:50_000]
    path.write_bytes(begun.replace(b"\n4483\n", b"\n4489\n"))
    done = cli("search", "0", "1e5", "-o", "p.txt", "--kernel", "sieve", "--resume", "--verify")
    assert (2, "") == (done.code, done.out)
    assert "p.txt is no output of this search: its number 609 is not 4483" in done.err  # OEIS A000040
    assert begun.replace(b"\n4483\n", b"\n4489\n") == path.read_bytes()
    path.write_bytes(begun)
    done = cli("search", "0", "1e5", "-o", "p.txt", "--kernel", "sieve", "--resume", "--verify")
    assert (0, "9592\n") == (done.code, done.out), done.err  # OEIS A006880
    assert re.search("p.txt: its 8[0-9]{3} primes searched again with .*: no difference", done.err)
    assert 9592 == len(path.read_text().splitlines())
